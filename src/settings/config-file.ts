import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";

import { pathText, type Locate } from "./config-problems.ts";
import type { Environment } from "./environment.ts";
import { SettingsError } from "./settings-error.ts";

/** What the configuration files say, merged, with variables put in and not yet checked. */
export interface RawConfig {
  value: Record<string, unknown>;
  /** Folder that relative paths of the configuration start from. */
  folder: string;
  locate: Locate;
}

interface ConfigFile {
  name: string;
  document: Document;
  lines: LineCounter;
  value: Record<string, unknown>;
}

/**
 * Reads one file, or all `*.yaml` and `*.yml` of a folder in the order of their names.
 *
 * @throws SettingsError with a line for each fault of form, and each variable that is not set.
 */
export function readConfigFiles(path: string, environment: Environment): RawConfig {
  const isFolder = statSync(path).isDirectory();
  const paths = isFolder ? filesOf(path) : [path];
  const problems: string[] = [];
  const files = paths.map((file) => readFile(file, environment, problems));
  const value = mergeFiles(files, problems);
  if (problems.length > 0) throw new SettingsError(problems);
  return { value, folder: resolve(isFolder ? path : dirname(path)), locate: locateIn(files, path) };
}

function filesOf(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  if (names.length === 0) {
    throw new SettingsError([`${folder}: no *.yaml in this folder: run "bellhop init"`]);
  }
  return names.sort().map((name) => join(folder, name));
}

function readFile(path: string, environment: Environment, problems: string[]): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, "utf8"), { lineCounter: lines });
  const name = basename(path);
  for (const error of document.errors) {
    const line = error.linePos?.[0].line ?? 1;
    problems.push(`${name}:${line}: ${error.message.split("\n")[0] ?? "not YAML"}`);
  }
  const plain: unknown = document.errors.length > 0 ? {} : (document.toJS() ?? {});
  if (!isPlainObject(plain)) {
    problems.push(`${name}:1: write keys and values, such as "connections:"`);
    return { name, document, lines, value: {} };
  }
  const file = { name, document, lines, value: {} };
  const put = (path: PropertyKey[], name: string) => {
    problems.push(
      `${locateIn([file], file.name)(path)}: ${pathText(path)}: ` +
        `environment variable ${name} is not set: add it to .env`,
    );
  };
  return { ...file, value: withVariables(plain, environment, put) as Record<string, unknown> };
}

/** `${NAME}` takes the variable's value. A key whose value becomes empty text counts as absent. */
function withVariables(
  value: unknown,
  environment: Environment,
  missing: (path: PropertyKey[], name: string) => void,
  path: PropertyKey[] = [],
): unknown {
  if (typeof value === "string") {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
      const found = environment(name);
      if (found === undefined) missing(path, name);
      return found ?? "";
    });
  }
  if (Array.isArray(value)) {
    return value.map((element, index) =>
      withVariables(element, environment, missing, [...path, index]),
    );
  }
  if (!isPlainObject(value)) return value;
  const entries = Object.entries(value).map(
    ([key, element]) =>
      [key, withVariables(element, environment, missing, [...path, key])] as const,
  );
  return Object.fromEntries(entries.filter(([, element]) => element !== "" && element !== null));
}

/** Maps are joined key by key, lists one after the other; the same setting twice is a fault. */
function mergeFiles(files: readonly ConfigFile[], problems: string[]): Record<string, unknown> {
  const merged: Record<string, unknown> = {};
  for (const { name, value } of files) mergeInto(merged, value, [], name, problems);
  return merged;
}

function mergeInto(
  target: Record<string, unknown>,
  source: Record<string, unknown>,
  path: PropertyKey[],
  file: string,
  problems: string[],
): void {
  for (const [key, value] of Object.entries(source)) {
    const known = target[key];
    const here = [...path, key];
    if (known === undefined) target[key] = value;
    else if (Array.isArray(known) && Array.isArray(value))
      target[key] = known.concat(value) as unknown[];
    else if (isPlainObject(known) && isPlainObject(value)) {
      mergeInto(known, value, here, file, problems);
    } else {
      problems.push(`${file}: ${pathText(here)}: set in another file already: keep one of them`);
    }
  }
}

function locateIn(files: readonly ConfigFile[], fallback: string): Locate {
  return (path) => {
    for (const { name, document, lines } of files) {
      const offset = offsetOf(document, path);
      if (offset !== undefined) return `${name}:${lines.linePos(offset).line}`;
    }
    // A missing key has no place of its own: its parent's is the next best.
    return path.length > 0 ? locateIn(files, fallback)(path.slice(0, -1)) : basename(fallback);
  };
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  const key = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key);
    if (pair && isNode(pair.key)) return pair.key.range?.[0];
  }
  const node = path.length > 0 ? document.getIn(path, true) : undefined;
  return isNode(node) ? node.range?.[0] : undefined;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
