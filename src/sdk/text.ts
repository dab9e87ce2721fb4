/** Without what no name and no title has, and no other system takes: line breaks, controls. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

/** Of several lines, each of them clean. */
export function manyLines(text: string): string {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/).map(oneLine);
  return lines.join("\n").trim();
}
