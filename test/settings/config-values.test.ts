import { dirname } from "node:path";

import { describe, expect, it } from "vitest";

import { read } from "./read-config.ts";

function connection(lines: string, variables: Readonly<Record<string, string>> = {}) {
  const text = `connections:\n  fjord:\n    source: tourcms\n    tokens: [abc]\n${lines}`;
  return read(text, variables).config.connections["fjord"];
}

describe("a value from the environment", () => {
  it("takes the place of its name, also within a longer text", () => {
    const fjord = connection('    name: "${BRAND} of ${PLACE}"', { BRAND: "Walks", PLACE: "Flåm" });

    expect(fjord?.name).toBe("Walks of Flåm");
  });

  it("that is empty counts as no value, so that a place in .env may stay empty", () => {
    const lines = '    name: "${BRAND}"\n    settings: { apiKey: "${KEY}", accountId: "" }';

    const fjord = connection(lines, { BRAND: "", KEY: "" });

    expect(fjord).not.toHaveProperty("name");
    expect(fjord?.settings).toEqual({});
  });

  it("is text, whatever it looks like, and is not looked into again", () => {
    const fjord = connection('    settings: { apiKey: "${KEY}" }', { KEY: "${OTHER}: [1]" });

    expect(fjord?.settings).toEqual({ apiKey: "${OTHER}: [1]" });
  });
});

it("a key without value counts as absent", () => {
  expect(connection("    name:\n    language: ~")).not.toHaveProperty("language");
});

it("what is not said has its documented default", () => {
  const { config } = read("");

  expect(config).toMatchObject({
    mail: { mode: "rehearsal" },
    limits: {
      bodyBytes: 1_048_576,
      headerBytes: 16_384,
      urlBytes: 8_192,
      requestSeconds: 10,
      spoolBytes: 1_073_741_824,
    },
    retention: { deliveriesDays: 90, jobsDays: 90 },
    shutdownSeconds: 20,
  });
});

it("lists of several files are joined, and paths are taken from the configuration's folder", () => {
  const { config, configFolder } = read({
    "a.yaml": "templatePaths: [..]",
    "b.yaml": "templatePaths: [/tmp]\nintegrationPaths: [./, some-package]",
  });

  expect(config.templatePaths).toEqual([dirname(configFolder), "/tmp"]);
  expect(config.integrationPaths).toEqual([configFolder, "some-package"]);
});
