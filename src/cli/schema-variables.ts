/** JSON Schema, as far as it is looked into here. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** `${NAME}` stands for any text, and an empty value counts as absent. */
const VARIABLE: JsonSchema = { type: "string", pattern: "^$|\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}" };

/** Keywords that the text `${NAME}` would not satisfy. */
const RESTRICTING = ["pattern", "format", "enum"];

/** Kept beside the choice, where editors look for them. */
const TELLING = ["title", "description", "default"];

/** A schema that also takes `${NAME}` wherever it asks for a certain kind of text. */
export function allowVariables(schema: JsonSchema): JsonSchema {
  const relaxed = Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => isOfUse(key, value))
      .map(([key, value]) => [key, relaxPart(key, value)]),
  );
  if (!RESTRICTING.some((key) => key in relaxed)) return relaxed;
  const split = (isTelling: boolean) =>
    Object.entries(relaxed).filter(([key]) => TELLING.includes(key) === isTelling);
  return {
    ...Object.fromEntries(split(true)),
    anyOf: [Object.fromEntries(split(false)), VARIABLE],
  };
}

function relaxPart(key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (key === "items" || key === "additionalProperties") return allowVariables(value as JsonSchema);
  if (key === "anyOf") return (value as readonly JsonSchema[]).map(allowVariables);
  if (key !== "properties") return value;
  const properties = Object.entries(value as Readonly<Record<string, JsonSchema>>);
  return Object.fromEntries(properties.map(([name, one]) => [name, allowVariables(one)]));
}

function isOfUse(key: string, value: unknown): boolean {
  // The first says nothing to an editor, the second is what every whole number is below.
  return key !== "secret" && !(key === "maximum" && value === Number.MAX_SAFE_INTEGER);
}
