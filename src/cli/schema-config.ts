import { z } from "zod";

import type { AnyIntegration } from "../registry/loaded-integration.ts";
import { ConfigSchema } from "../settings/config-schema.ts";
import { allowVariables, type JsonSchema } from "./schema-variables.ts";

/**
 * JSON Schema of `bellhop.yaml` for editors: the settings of a connection follow from its source,
 * those of an instance from the integration that it uses.
 */
export function configJsonSchema(integrations: readonly AnyIntegration[]): JsonSchema {
  const { $schema, properties, ...rest } = inputSchema(ConfigSchema);
  const sources = integrations.filter(({ source }) => source);
  const targets = integrations.filter(
    ({ handlers = [], schedules = [] }) => handlers.length + schedules.length > 0,
  );
  const parts = properties as Record<"connections" | "integrations", JsonSchema>;
  const settings = new Set([...sources, ...targets]);
  return {
    $schema,
    title: "Configuration of Bellhop",
    ...rest,
    properties: {
      ...parts,
      connections: withSources(parts.connections, sources),
      integrations: withTargets(parts.integrations, targets),
    },
    definitions: {
      instance: {
        ...(parts.integrations["additionalProperties"] as JsonSchema),
        allOf: targets.map((target) => ifIs("use", target)),
      },
      ...Object.fromEntries([...settings].map(settingsDefinition)),
    },
  };
}

function withSources(connections: JsonSchema, sources: readonly AnyIntegration[]): JsonSchema {
  const connection = connections["additionalProperties"] as JsonSchema;
  const allOf = sources.map((source) => ifIs("source", source));
  return { ...connections, additionalProperties: { ...connection, allOf } };
}

/** An entry that has the name of an integration uses it, unless it says otherwise. */
function withTargets(instances: JsonSchema, targets: readonly AnyIntegration[]): JsonSchema {
  const instance = { $ref: "#/definitions/instance" };
  const named = targets.map((target) => {
    const isOwn = { if: { not: { required: ["use"] } }, then: settingsOf(target) };
    return [target.manifest.id, { allOf: [instance, isOwn] }] as const;
  });
  return { ...instances, properties: Object.fromEntries(named), additionalProperties: instance };
}

function ifIs(key: "source" | "use", integration: AnyIntegration): JsonSchema {
  const isNamed = { properties: { [key]: { const: integration.manifest.id } }, required: [key] };
  return { if: isNamed, then: settingsOf(integration) };
}

function settingsOf({ manifest }: AnyIntegration): JsonSchema {
  return { properties: { settings: { $ref: `#/definitions/${manifest.id}` } } };
}

function settingsDefinition({ manifest, config }: AnyIntegration): [string, JsonSchema] {
  const schema = Object.entries(inputSchema(config as z.ZodType));
  const parts = schema.filter(([key]) => key !== "$schema");
  return [manifest.id, { title: `Settings of ${manifest.name}`, ...Object.fromEntries(parts) }];
}

/** What may be written, before defaults and transformations. Editors know draft 7 best. */
function inputSchema(schema: z.ZodType): JsonSchema {
  const json = z.toJSONSchema(schema, {
    io: "input",
    target: "draft-07",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const { type, coerce } = zodSchema._zod.def as { type: string; coerce?: boolean };
      // Ids without quotes are numbers in YAML; a schema that coerces takes both.
      if (coerce === true && type === "string") jsonSchema.type = ["string", "number"];
    },
  });
  return allowVariables(json);
}
