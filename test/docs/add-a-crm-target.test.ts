import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { afterAll, expect, it } from "vitest";

import { findIntegrations } from "../../src/registry/find-integrations.ts";
import { importIntegration } from "../../src/registry/import-integration.ts";

// The page is followed literally: its blocks become files, and its own test runs here.
const page = readFileSync("docs/add-a-crm-target.md", "utf8");
// Inside the project, so that "#sdk" means what it means to a plug-in of this repository.
const folder = mkdtempSync(join(import.meta.dirname, ".built-"));

const files = [...page.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(
  ([, name = "", text = ""]) => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return name;
  },
);
const home = join(folder, "card-box");
writeFileSync(join(home, "README.md"), "# Card Box\n\n## What it does\n\n## Settings\n");

afterAll(() => {
  rmSync(folder, { recursive: true });
});

await import(pathToFileURL(join(home, "card-box.test.ts")).href);

it("the page gives every file of an integration", () => {
  expect(files.map((name) => name.slice("card-box/".length)).toSorted()).toEqual([
    "box.ts",
    "card-box.test.ts",
    "client.ts",
    "config.ts",
    "fields.ts",
    "index.ts",
    "target.ts",
  ]);
});

it("Bellhop finds it in a folder of integrationPaths, and its block of settings names it", async () => {
  const place = [...findIntegrations([], [folder]).values()].find(({ id }) => id === "card-box");
  if (!place) throw new Error("it is not found");

  const { manifest, handlers, people } = await importIntegration(place);

  expect(manifest.name).toBe("Card Box");
  expect(handlers?.map(({ id }) => id)).toEqual(["contact", "deal"]);
  expect(Object.keys(people ?? {})).toEqual(["erase", "export"]);
  expect(page).toContain("integrationPaths: [./my-integrations]");
});
