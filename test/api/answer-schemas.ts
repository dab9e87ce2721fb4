import { z } from "zod";

import type { ApiDescription } from "../../src/api/openapi/document.ts";
import type { Schema } from "../../src/api/openapi/schema.ts";

const SCHEMAS = "#/components/schemas/";

type Schemas = Readonly<Record<string, Schema>>;

/**
 * Checks answers against the description, more strictly than a client would: a field that the
 * description does not know is a fault here.
 */
export class AnswerCheck {
  readonly #schemas: Schemas;

  constructor(description: ApiDescription) {
    this.#schemas = description.components.schemas;
  }

  /** @returns a line for each fault; none when the value is as described. */
  faultsOf(schema: Schema, value: unknown): string[] {
    const definitions = Object.entries(this.#schemas).map(
      ([name, one]) => [name, this.#closed(one)] as const,
    );
    const whole = { ...this.#closed(schema), $defs: Object.fromEntries(definitions) };
    const parser = z.fromJSONSchema(whole as Parameters<typeof z.fromJSONSchema>[0]);
    const result = parser.safeParse(value);
    return result.success
      ? []
      : result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  }

  /** The schema without room for other fields, its references as zod reads them. */
  #closed(schema: Schema): Schema {
    const { $ref, allOf, properties, items, anyOf, additionalProperties, ...rest } = schema;
    if ($ref !== undefined) return { $ref: `#/$defs/${$ref.slice(SCHEMAS.length)}` };
    if (allOf) return this.#closed(this.#merged(allOf));
    const inner = Object.entries(properties ?? {}).map(
      ([name, one]) => [name, this.#closed(one)] as const,
    );
    return {
      ...rest,
      ...(properties && { properties: Object.fromEntries(inner), additionalProperties: false }),
      ...(items && { items: this.#closed(items) }),
      ...(anyOf && { anyOf: anyOf.map((one) => this.#closed(one)) }),
      ...(typeof additionalProperties === "object" && {
        additionalProperties: this.#closed(additionalProperties),
      }),
    };
  }

  #merged(parts: readonly Schema[]): Schema {
    const objects = parts.map(({ $ref, ...part }) =>
      $ref === undefined ? part : (this.#schemas[$ref.slice(SCHEMAS.length)] ?? {}),
    );
    return {
      type: "object",
      properties: Object.assign({}, ...objects.map(({ properties }) => properties)) as Schemas,
      required: objects.flatMap(({ required = [] }) => required),
    };
  }
}
