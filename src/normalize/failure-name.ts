/**
 * What went wrong, in a word that anybody may read. Messages of the runtime and of the database
 * quote the values they stumble over, and these are guests' data.
 */
export function failureName(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === "string") return code;
  return typeof name === "string" ? name : "unknown error";
}
