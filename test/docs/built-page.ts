import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { findIntegrations } from "../../src/registry/find-integrations.ts";
import { importIntegration } from "../../src/registry/import-integration.ts";
import type { AnyIntegration } from "../../src/registry/loaded-integration.ts";

/** A page of docs/ that builds an integration, followed literally: its blocks have become files. */
export interface BuiltPage {
  readonly text: string;
  /** As `integrationPaths` names it: the folder above the integration's. */
  readonly folder: string;
  /** Names of the files within the integration's folder, sorted. */
  readonly files: readonly string[];
  /** Adds a file that the page asks for in words. */
  add(name: string, text: string): void;
  /** Lets the page's own test run within the suite that is being collected. */
  runItsTest(): Promise<void>;
  /** As Bellhop finds and loads it. */
  load(): Promise<AnyIntegration>;
  readonly remove: () => void;
}

/**
 * A block begins with a comment that names the file, or is named beside its language. `text` is what
 * came over the wire, which does not end with a line end.
 */
const TITLED = /^```(?:ts\n\/\/ (\S+)|(?:md|json) (\S+)|text (\S+))\n([\s\S]*?)\n```$/gm;

export function buildPage(page: string, id: string): BuiltPage {
  const text = readFileSync(page, "utf8");
  // Inside the project, so that "#sdk" means what it means to a plug-in of this repository.
  const folder = mkdtempSync(join(import.meta.dirname, ".built-"));
  const home = join(folder, id);
  const write = (file: string, content: string) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  const blocks = [...text.matchAll(TITLED)].map(([, commented, titled, wire, content = ""]) =>
    wire === undefined
      ? ([commented ?? titled ?? "", `${content}\n`] as const)
      : ([wire, content] as const),
  );
  for (const [name, content] of blocks) write(join(folder, name), content);
  return {
    text,
    folder,
    files: blocks.map(([name]) => name.slice(id.length + 1)).toSorted(),
    add: (name, content) => {
      write(join(home, name), content);
    },
    async runItsTest() {
      await import(pathToFileURL(join(home, `${id}.test.ts`)).href);
    },
    async load() {
      const place = findIntegrations([], [folder]).get(id);
      if (!place) throw new Error("it is not found");
      return importIntegration(place);
    },
    remove: () => {
      rmSync(folder, { recursive: true });
    },
  };
}
