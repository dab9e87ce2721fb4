/** Hides the key: clients hand a cursor back as it is. */
export function cursorOf(key: number): string {
  return Buffer.from(String(key)).toString("base64url");
}

/** @returns undefined when we did not make it. */
export function keyOfCursor(cursor: string): number | undefined {
  const text = Buffer.from(cursor, "base64url").toString("latin1");
  const key = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
  return key !== undefined && cursorOf(key) === cursor ? key : undefined;
}
