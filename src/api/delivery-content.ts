/** Whoever sent these meant them for the server alone. */
const PRIVATE: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization"]);

const HIDDEN = "[hidden]";

/**
 * Headers of a delivery without secrets. The callback URL itself is not kept, but proxies repeat it
 * in headers of their own (`x-original-url`), and its token with it.
 */
export function presentHeaders(
  headers: Readonly<Record<string, string>>,
  secrets: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      PRIVATE.has(name) ? HIDDEN : hide(value, secrets),
    ]),
  );
}

function hide(text: string, secrets: readonly string[]): string {
  return secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);
}

/** The raw bytes as text. What is no UTF-8 is shown one character per byte. */
export function presentBody(body: Buffer): { body: string; bodyEncoding: "utf-8" | "latin1" } {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
    return { body: text, bodyEncoding: "utf-8" };
  } catch {
    return { body: body.toString("latin1"), bodyEncoding: "latin1" };
  }
}
