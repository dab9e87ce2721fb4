import { readFileSync } from "node:fs";

import { beforeAll, describe, expect, it } from "vitest";

import { configJsonSchema } from "../../src/cli/schema-config.ts";
import { allowVariables, type JsonSchema } from "../../src/cli/schema-variables.ts";
import { knownIntegrations } from "../../src/simulate/known-integrations.ts";

let written: JsonSchema;
beforeAll(() => {
  written = JSON.parse(readFileSync("bellhop.schema.json", "utf8")) as JsonSchema;
});

function at(schema: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (node, key) => (node as Record<string, unknown> | undefined)?.[key],
    schema,
  );
}

describe("bellhop.schema.json", () => {
  it('is what the schemas say now (else: "npm run schema")', async () => {
    const now = configJsonSchema(await knownIntegrations());

    expect(written).toEqual(JSON.parse(JSON.stringify(now)));
  });

  it("explains every key of the configuration and of each connection and instance", () => {
    const all = [
      at(written, "properties"),
      at(written, "properties", "connections", "additionalProperties", "properties"),
      at(written, "definitions", "instance", "properties"),
    ].flatMap((properties) => Object.entries(properties as Record<string, JsonSchema>));

    expect(all.length).toBeGreaterThan(15);
    expect(all.filter(([, schema]) => typeof schema["description"] !== "string")).toEqual([]);
  });

  it("has the settings of each integration, by the source of a connection and the use of an instance", () => {
    const bySource = at(written, "properties", "connections", "additionalProperties", "allOf");
    const byUse = at(written, "definitions", "instance", "allOf");
    const byName = at(written, "properties", "integrations", "properties", "voucher-mail");

    expect(bySource).toContainEqual({
      if: { properties: { source: { const: "tourcms" } }, required: ["source"] },
      then: { properties: { settings: { $ref: "#/definitions/tourcms" } } },
    });
    expect(byUse).toContainEqual({
      if: { properties: { use: { const: "voucher-mail" } }, required: ["use"] },
      then: { properties: { settings: { $ref: "#/definitions/voucher-mail" } } },
    });
    expect(byName).toEqual({
      allOf: [
        { $ref: "#/definitions/instance" },
        {
          if: { not: { required: ["use"] } },
          then: { properties: { settings: { $ref: "#/definitions/voucher-mail" } } },
        },
      ],
    });
    expect(
      at(written, "definitions", "tourcms", "properties", "accountId", "description"),
    ).toContain("TourCMS account");
  });
});

describe("wherever a certain text is asked for, a variable may stand", () => {
  it("and the description stays where editors look for it", () => {
    const site = { type: "string", pattern: "^\\d+$", description: "Number of the site" };

    const schema = allowVariables({ type: "object", properties: { site } });

    expect(schema).toEqual({
      type: "object",
      properties: {
        site: {
          description: "Number of the site",
          anyOf: [
            { type: "string", pattern: "^\\d+$" },
            { type: "string", pattern: expect.any(String) as unknown },
          ],
        },
      },
    });
  });

  it.each([
    ["${PLANYO_SITE}", true],
    ["", true],
    ["${planyo site}", false],
    ["77001", false],
  ])("%j: %s", (text, isVariable) => {
    const [, variable] = at(allowVariables({ type: "string", enum: ["x"] }), "anyOf") as {
      pattern: string;
    }[];

    expect(new RegExp(variable?.pattern ?? "", "u").test(text)).toBe(isVariable);
  });

  it("also where it is one of several choices", () => {
    const secret = { type: "string", pattern: "^whsec_" };
    const two = { type: "array", items: secret };

    const schema = allowVariables({ anyOf: [secret, two] });

    const either = { anyOf: [secret, { type: "string", pattern: expect.any(String) as unknown }] };
    expect(schema).toEqual({ anyOf: [either, { type: "array", items: either }] });
  });

  it("any other text and numbers stay as they are", () => {
    const plain = { type: "object", additionalProperties: { type: "string", minLength: 1 } };

    expect(allowVariables(plain)).toEqual(plain);
  });
});
