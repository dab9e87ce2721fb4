/** What of a mail can hold a call. */
export interface MailText {
  /** UTC milliseconds, as the mail says. */
  sentAt: number | undefined;
  /** Its texts, the plain one before the formatted one. */
  texts: readonly string[];
}

interface Part {
  headers: ReadonlyMap<string, string>;
  body: string;
}

const MAX_DEPTH = 8;

/**
 * Reads the texts out of a mail. What a mail program does beyond that is of no use here.
 *
 * @param source One character for each byte.
 */
export function readMail(source: string): MailText {
  const part = partOf(source);
  return { sentAt: dateOf(part.headers), texts: textsOf(part, 0) };
}

function partOf(source: string): Part {
  const end = /\n[ \t]*\n|^[ \t]*\n/.exec(source);
  const head = end ? source.slice(0, end.index) : source;
  const headers = new Map<string, string>();
  for (const line of head.replaceAll(/\n[ \t]+/g, " ").split("\n")) {
    const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && !headers.has(name.toLowerCase())) {
      headers.set(name.toLowerCase(), value ?? "");
    }
  }
  return { headers, body: end ? source.slice(end.index + end[0].length) : "" };
}

function dateOf(headers: ReadonlyMap<string, string>): number | undefined {
  const [date = ""] = (headers.get("date") ?? "").split("("); // the zone's name may follow
  const sentAt = Date.parse(date);
  return Number.isNaN(sentAt) ? undefined : sentAt;
}

function textsOf({ headers, body }: Part, depth: number): string[] {
  const type = headers.get("content-type") ?? "text/plain";
  const boundary = parameterOf(type, "boundary");
  if (/^multipart\//i.test(type)) {
    if (boundary === undefined || depth > MAX_DEPTH) return [];
    return partsOf(body, boundary).flatMap((part) => textsOf(partOf(part), depth + 1));
  }
  const bytes = decoded(body, headers.get("content-transfer-encoding") ?? "");
  if (/^message\/rfc822/i.test(type) && depth <= MAX_DEPTH) {
    return textsOf(partOf(bytes.toString("latin1")), depth + 1);
  }
  if (!/^(?:text|application\/(?:json|x-www-form-urlencoded))\b/i.test(type)) return [];
  const isLatin = /^(?:iso-8859-1|iso-8859-15|windows-1252)$/i.test(
    parameterOf(type, "charset") ?? "",
  );
  const text = bytes.toString(isLatin ? "latin1" : "utf8");
  return [/^text\/html/i.test(type) ? plainText(text) : text];
}

function parameterOf(value: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;\\s]*))`, "i").exec(value);
  return found?.[1] ?? found?.[2];
}

function partsOf(body: string, boundary: string): string[] {
  const delimiter = `--${boundary}`;
  const parts: string[][] = [];
  for (const line of body.split("\n")) {
    const mark = line.trimEnd();
    if (mark === `${delimiter}--`) break;
    if (mark === delimiter) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts.map((lines) => lines.join("\n"));
}

function decoded(body: string, encoding: string): Buffer {
  const name = encoding.trim().toLowerCase();
  if (name === "base64") return Buffer.from(body, "base64");
  if (name !== "quoted-printable") return Buffer.from(body, "latin1");
  // Lines may have got spaces at their end on the way.
  const lines = body.split("\n").map((line) => line.trimEnd());
  const text = lines
    .join("\n")
    .replaceAll("=\n", "")
    .replaceAll(/=([0-9A-Fa-f]{2})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
  return Buffer.from(text, "latin1");
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  quot: '"',
  lt: "<",
  gt: ">",
  "#39": "'",
};

function plainText(html: string): string {
  return html
    .replaceAll(/<[^<>]*>/g, "\n")
    .replaceAll(/&(amp|quot|lt|gt|#39);/g, (_, name: string) => ENTITIES[name] ?? "");
}
