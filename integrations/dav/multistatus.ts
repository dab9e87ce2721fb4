import { PermanentError } from "#sdk";
import { XMLParser } from "fast-xml-parser";

/** One resource of an answer, with the properties that it has. */
export interface Found {
  /** Absolute. */
  url: string;
  /** By local name: servers choose their own prefixes. */
  props: Readonly<Record<string, unknown>>;
}

const parser = new XMLParser({
  removeNSPrefix: true,
  parseTagValue: false,
  // Also `&#13;`, which some servers write at the end of each line of a card.
  htmlEntities: true,
  // What a calendar is for is said in attributes of that name; all others would only be in the way.
  ignoreAttributes: (name) => name !== "name",
  isArray: (name) => name === "response" || name === "propstat",
});

interface Response {
  href?: string;
  propstat?: { status?: string; prop?: Record<string, unknown> | "" }[];
}

/** Reads a 207. @param base What its addresses are relative to. */
export function readMultistatus(xml: string, base: string): Found[] {
  // Entities of a document's own could blow up in memory, and no DAV server has any.
  if (/<!DOCTYPE/i.test(xml)) throw notDav(base);
  let answer: { multistatus?: { response?: Response[] } | "" };
  try {
    answer = parser.parse(xml) as typeof answer;
  } catch (cause) {
    throw notDav(base, cause);
  }
  const { multistatus } = answer;
  if (multistatus === undefined) throw notDav(base);
  const responses = multistatus === "" ? [] : (multistatus.response ?? []);
  return responses.flatMap(({ href, propstat = [] }) => {
    if (href === undefined || !URL.canParse(href, base)) return [];
    // A property that is not there is in a propstat of its own, with 404.
    const has = propstat.filter(({ status = "200" }) => /\b200\b/.test(status));
    return {
      url: new URL(href, base).href,
      props: Object.assign({}, ...has.map(propsOf)) as object,
    };
  }) as Found[];
}

function propsOf({ prop = "" }: { prop?: Record<string, unknown> | "" }): object {
  return prop === "" ? {} : prop;
}

/**
 * Local names in the body of a refusal, which says what was not as it has to be (RFC 4918, 16).
 *
 * @returns none where the body is something else, such as a page for people.
 */
export function conditionsIn(xml: string): string[] {
  if (/<!DOCTYPE/i.test(xml)) return [];
  try {
    const { error } = parser.parse(xml) as { error?: unknown };
    return Object.keys(Object(error) as object);
  } catch {
    return [];
  }
}

/** The address inside a property such as `addressbook-home-set`. */
export function hrefIn(prop: unknown, base: string): string | undefined {
  const href = (prop as { href?: unknown } | undefined)?.href;
  // Some servers have several homes; the first is the user's own.
  const first: unknown = Array.isArray(href) ? href[0] : href;
  return typeof first === "string" && URL.canParse(first, base)
    ? new URL(first, base).href
    : undefined;
}

function notDav(base: string, cause?: unknown): PermanentError {
  return new PermanentError(`${new URL(base).host} does not answer as a DAV server does`, {
    cause,
  });
}

/** As text between tags and in attributes. */
export function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
