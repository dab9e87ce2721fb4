import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

import { accountingSettings, POLICIES } from "../../src/sdk/accounting/settings.ts";

const text = readFileSync("docs/books.md", "utf8");
const Settings = z.strictObject(accountingSettings);

interface Example {
  settings?: unknown;
  integrations?: Record<string, { settings?: unknown }>;
}

const examples = [...text.matchAll(/```yaml\n([^`]+)```/g)].map(([, yaml = ""]) => {
  const example = parse(yaml) as Example;
  const ofInstances = Object.values(example.integrations ?? {}).map(({ settings }) => settings);
  return { yaml, settings: [example.settings, ...ofInstances].filter(Boolean) };
});

describe("docs/books.md", () => {
  it.each(examples)("shows settings that can be copied: $yaml", ({ settings }) => {
    expect(settings.length).toBeGreaterThan(0);
    for (const one of settings) expect(Settings.safeParse(one).error?.issues).toBeUndefined();
  });

  it("has every setting that accounting integrations share", () => {
    expect(Object.keys(accountingSettings).filter((name) => !text.includes(name))).toEqual([]);
  });

  it("says of every policy what it does", () => {
    const rows = [...text.matchAll(/^\| `([^`]+)` +\| .+\| .+\| .+\|$/gm)].map(([, name]) => name);

    expect(rows).toEqual(expect.arrayContaining([...POLICIES]));
  });

  it("knows every choice of the settings that are choices", () => {
    const choices = Object.values(accountingSettings).flatMap((schema) => choicesOf(schema));

    expect(choices.length).toBeGreaterThan(15);
    expect(choices.filter((choice) => !text.includes(choice))).toEqual([]);
  });
});

function choicesOf(schema: z.ZodType): string[] {
  const json = JSON.stringify(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
  return [...json.matchAll(/"enum":\[([^\]]+)\]/g)].flatMap(([, list = ""]) =>
    list.split(",").map((one) => one.replaceAll('"', "")),
  );
}
