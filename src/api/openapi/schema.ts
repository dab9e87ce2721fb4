/** The part of JSON Schema 2020-12 that the description uses. */
export interface Schema {
  $ref?: string;
  type?: string | readonly string[];
  description?: string;
  format?: string;
  pattern?: string;
  enum?: readonly (string | null)[];
  const?: string;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: readonly Schema[];
  allOf?: readonly Schema[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  minLength?: number;
  default?: unknown;
}

type Properties = Readonly<Record<string, Schema>>;

/** An object with fields that are always there, and others that may be missing. */
export function object(always: Properties, maybe: Properties = {}, description?: string): Schema {
  return {
    type: "object",
    properties: { ...always, ...maybe },
    required: Object.keys(always),
    ...(description !== undefined && { description }),
  };
}

/** An object whose names come from elsewhere. */
export function mapOf(values: Schema, description: string): Schema {
  return { type: "object", additionalProperties: values, description };
}

export function listOf(items: Schema, description?: string): Schema {
  return { type: "array", items, ...(description !== undefined && { description }) };
}

export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

export function text(description?: string): Schema {
  return { type: "string", ...(description !== undefined && { description }) };
}

export function oneOf(values: readonly string[], description?: string): Schema {
  return { ...text(description), enum: values };
}

export function count(description?: string): Schema {
  return {
    type: "integer",
    minimum: 0,
    ...(description !== undefined && { description }),
  };
}

export function whole(description?: string): Schema {
  return { type: "integer", ...(description !== undefined && { description }) };
}

export function flag(description?: string): Schema {
  return { type: "boolean", ...(description !== undefined && { description }) };
}

/** RFC 3339. */
export function time(description?: string): Schema {
  return { ...text(description), format: "date-time" };
}

export function orNull(schema: Schema, description?: string): Schema {
  const { description: inner, ...rest } = schema;
  const said = description ?? inner;
  return {
    anyOf: [rest, { type: "null" }],
    ...(said !== undefined && { description: said }),
  };
}
