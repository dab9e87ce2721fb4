import type { Liquid } from "liquidjs";
import { parse } from "yaml";
import { z } from "zod";

import type { Templates } from "../sdk/context.ts";
import { ConfigurationError, messageOf } from "../sdk/errors.ts";
import { createExpressions, createLiquid, type Expressions, type Globals } from "./expressions.ts";
import { formatLanguage, languageChain } from "./language.ts";
import { assertPlain, TemplateFiles } from "./template-files.ts";

/** Templates as the rest of Bellhop uses them: plug-ins see only `Templates`. */
export interface TemplateStore extends Templates {
  /** A YAML file of a template. @throws ConfigurationError when there is none. */
  description(name: string, file: string): Promise<unknown>;
  expressions(name: string, language: string): Promise<Expressions>;
  globals(name: string, language: string): Promise<Globals>;
}

const Texts = z.record(z.string(), z.string());

/**
 * Templates are folders of files: `<part>.<language>.liquid`, or `<part>.liquid` where the words
 * come from `texts.<language>.yaml`, so that a new language is one file.
 *
 * @param folders Searched in this order: the operator's own first, file by file.
 */
export function createTemplates({ folders }: { folders: readonly string[] }): TemplateStore {
  const files = new TemplateFiles(folders);
  const engines = new Map<string, Promise<Liquid>>();

  const engineFor = (name: string, isHtml: boolean): Promise<Liquid> => {
    const key = `${name} ${String(isHtml)}`;
    const known = engines.get(key);
    if (known) return known;
    const engine = files.foldersOf(name).then((found) => createLiquid(found, isHtml));
    engine.catch(() => engines.delete(key)); // the folder may be there next time
    engines.set(key, engine);
    return engine;
  };

  const globals = async (name: string, language: string): Promise<Globals> => {
    const { texts, found } = await textsFor(files, name, language);
    return { t: texts, language: formatLanguage(language, found) };
  };

  return {
    globals,
    texts: async (name, language) => (await textsFor(files, name, language)).texts,
    async render(name, part, language, data) {
      const path = await files.find(name, partFiles(part, language));
      if (path === undefined) throw files.missing(`part "${part}" of template "${name}"`, name);
      const liquid = await engineFor(name, part.endsWith(".html"));
      const template = await readable(path, () =>
        files.load(path, (text) => liquid.parse(text, path), name),
      );
      const options = { globals: await globals(name, language) };
      return readable(path, async () => String(await liquid.render(template, data, options)));
    },
    async description(name, file) {
      const path = await files.find(name, [file]);
      if (path === undefined) throw files.missing(`"${file}" of template "${name}"`, name);
      return readable(path, () => files.load(path, (text): unknown => parse(text)));
    },
    expressions: async (name, language) =>
      createExpressions(await engineFor(name, false), await globals(name, language)),
  };
}

function partFiles(part: string, language: string): string[] {
  assertPlain(part);
  const chain = languageChain(language);
  // A part without language speaks the guest's through its texts, so English comes after it,
  // except for those who asked for English.
  const near = chain[0]?.split("-")[0] === "en" ? chain : chain.slice(0, -1);
  return [...near.map((tag) => `${part}.${tag}.liquid`), `${part}.liquid`, `${part}.en.liquid`];
}

/** The nearest texts over those of less near languages, the operator's over ours, key by key. */
async function textsFor(files: TemplateFiles, name: string, language: string) {
  const texts: Record<string, string> = {};
  let found = "en";
  for (const tag of languageChain(language).reverse()) {
    for (const path of await files.findAll(name, `texts.${tag}.yaml`)) {
      const read = (text: string) => Texts.parse(parse(text) ?? {});
      Object.assign(texts, await readable(path, () => files.load(path, read)));
      found = tag;
    }
  }
  return { texts, found };
}

/** @throws ConfigurationError naming the file when what is in it cannot be used. */
async function readable<Value>(path: string, run: () => Promise<Value>): Promise<Value> {
  try {
    return await run();
  } catch (cause) {
    throw new ConfigurationError(`template ${path} cannot be used: ${messageOf(cause)}`, { cause });
  }
}
