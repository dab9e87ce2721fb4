import { readFileSync } from "node:fs";

import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

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

/** As far as it leads to addresses. */
interface Schema {
  format?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
}

/** Values in which nothing is given but an address, once for each that the settings may have. */
function withAddress(schema: Schema, address: string): unknown[] {
  const { format, properties = {}, additionalProperties, items } = schema;
  if (format === "uri") return [address];
  const named = Object.entries(properties).flatMap(([name, part]) =>
    withAddress(part, address).map((value) => ({ [name]: value })),
  );
  const others = typeof additionalProperties === "object" ? [additionalProperties] : [];
  const listed = items ? [items] : [];
  return [
    ...named,
    ...others.flatMap((one) => withAddress(one, address).map((value) => ({ any: value }))),
    ...listed.flatMap((one) => withAddress(one, address).map((value) => [value])),
  ];
}

it("no address of an integration may have a password in it, and it says where that goes", async () => {
  const told: string[] = [];
  for (const { manifest, config } of await knownIntegrations()) {
    const schema = z.toJSONSchema(config, { io: "input", unrepresentable: "any" }) as Schema;
    for (const value of withAddress(schema, "https://anna:pass-word@example.com/x")) {
      const { error } = config.safeParse(value);
      const words = error?.issues.map(({ message }) => message).join("\n") ?? "";
      const [sentence = "nothing"] = /must have no user and password in it: .+/.exec(words) ?? [];
      told.push(`${manifest.id} on ${JSON.stringify(Object.keys(value as object))}: ${sentence}`);
      expect(words).not.toContain("pass-word");
    }
  }

  expect(told.length).toBeGreaterThan(9);
  expect(told.filter((line) => !line.includes("must have no user"))).toEqual([]);
});
