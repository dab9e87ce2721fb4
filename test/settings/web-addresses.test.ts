import { expect, it } from "vitest";
import { z } from "zod";

import { knownIntegrations } from "../../src/simulate/known-integrations.ts";

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
