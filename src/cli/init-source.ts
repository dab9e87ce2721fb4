import { z } from "zod";

import type { AnyIntegration } from "../registry/loaded-integration.ts";

/** One setting of a booking system, as `init` writes it. */
export interface InitSetting {
  key: string;
  description: string;
  /** Absent when the operator has to say. */
  standard?: unknown;
  /** Environment variable that holds it, when it is a secret. */
  variable?: string;
  /** What the operator gave, or the account itself said. */
  value?: string;
}

export interface InitSource {
  id: string;
  /** As people call the booking system. */
  name: string;
  /** Environment variable of the callback URL's token. */
  tokenVariable: string;
  settings: readonly InitSetting[];
}

interface PropertySchema {
  description?: string;
  default?: unknown;
  secret?: boolean;
}

/** Values by the names of settings. */
export type GivenSettings = Readonly<Record<string, string>>;

/** Reads from an integration's own schema what an operator may set, and puts in what is known. */
export function sourceOf(
  { manifest, config }: AnyIntegration,
  given: GivenSettings = {},
): InitSource {
  const { id, name } = manifest;
  const schema = z.toJSONSchema(config as z.ZodType, { io: "input", unrepresentable: "any" });
  const properties = Object.entries((schema.properties ?? {}) as Record<string, PropertySchema>);
  return {
    id,
    name,
    tokenVariable: `${variableName(id)}_TOKEN`,
    settings: properties.map(([key, property]) => ({
      key,
      description: property.description ?? "",
      ...(property.default !== undefined && { standard: property.default }),
      ...(given[key] !== undefined && { value: given[key] }),
      ...(property.secret === true && { variable: `${variableName(id)}_${variableName(key)}` }),
    })),
  };
}

/** `hashKey` → `HASH_KEY` */
function variableName(key: string): string {
  return key
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/[^A-Za-z0-9]+/g, "_")
    .toUpperCase();
}
