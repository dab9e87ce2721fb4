import { createHash } from "node:crypto";

const MAX_LENGTH = 200;

/** A name from outside as part of a key in the database: a long one keeps its start and a hash. */
export function shortKey(name: string): string {
  if (name.length <= MAX_LENGTH) return name;
  const rest = createHash("sha256").update(name).digest("base64url");
  return `${name.slice(0, MAX_LENGTH - rest.length - 1)}~${rest}`;
}
