import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
} from "yaml";

import { messageOf } from "../sdk/errors.ts";
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
  const document = parseDocument(readText(path), { lineCounter: lines });
  const name = basename(path);
  const fault = faultOf(document);
  if (fault !== undefined) problems.push(`${name}:${fault}`);
  const plain: unknown = fault === undefined ? (document.toJS() ?? {}) : {};
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

/** What makes a file no YAML, with its line. One fault is told: the others often follow from it. */
function faultOf(document: Document): string | undefined {
  const [error] = document.errors;
  if (error) {
    const [what = ""] = error.message.split(/;| at line \d/, 1);
    return `${error.linePos?.[0].line ?? 1}: not YAML: ${what.trim()}`;
  }
  try {
    document.toJS();
    return undefined;
  } catch (cause) {
    return `1: not YAML: ${messageOf(cause)}`; // an alias without anchor, or one that grows too large
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? "unreadable";
    throw new SettingsError([`${path}: cannot be read (${why}): correct the file's permissions`]);
  }
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
  for (const [index, file] of files.entries()) {
    const isTwice = (path: PropertyKey[]) => {
      const here = locateIn([file], file.name)(path);
      const there = locateIn(files.slice(0, index), "another file")(path);
      problems.push(`${here}: ${pathText(path)}: is set in ${there} already: keep one of them`);
    };
    mergeInto(merged, file.value, [], isTwice);
  }
  return merged;
}

function mergeInto(
  target: Record<string, unknown>,
  source: Record<string, unknown>,
  path: PropertyKey[],
  isTwice: (path: PropertyKey[]) => void,
): void {
  for (const [key, value] of Object.entries(source)) {
    const known = target[key];
    const here = [...path, key];
    if (known === undefined) target[key] = value;
    else if (Array.isArray(known) && Array.isArray(value))
      target[key] = known.concat(value) as unknown[];
    else if (isPlainObject(known) && isPlainObject(value)) {
      mergeInto(known, value, here, isTwice);
    } else {
      isTwice(here);
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

/** Of a key the place of the key itself, of an element the place of its value. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  let node: unknown = document.contents;
  let place = isNode(node) ? node.range?.[0] : undefined;
  for (const key of path) {
    const parent: unknown = isAlias(node) ? node.resolve(document) : node;
    if (isMap(parent)) {
      const pair = parent.items.find(
        // An id without quotes is a number in YAML and text everywhere else.
        (item) => isScalar(item.key) && String(item.key.value) === String(key),
      );
      if (!pair) return undefined;
      node = pair.value;
      place = isNode(pair.key) ? pair.key.range?.[0] : undefined;
    } else if (isSeq(parent) && typeof key === "number") {
      node = parent.items[key];
      place = isNode(node) ? node.range?.[0] : undefined;
    } else {
      return undefined;
    }
  }
  return place;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
