import { type CheckContext, ConfigurationError, kindOf, messageOf } from "#sdk";

import type { DavConfig } from "./config.ts";
import { type Collection, type CollectionKind, collectionOf } from "./discover.ts";

type Context = CheckContext<DavConfig>;

/** Looks for everything that the settings name. All that is wrong is named at once. */
export async function check(context: Context): Promise<string> {
  const { addressBookUrl, calendarUrl, calendars } = context.config;
  const wanted: [CollectionKind, string, string | undefined][] = [
    ["addressbook", "addressBookUrl", addressBookUrl],
    ["calendar", "calendarUrl", calendarUrl],
    ...calendars.map(
      ({ url }, index) => ["calendar", `calendars[${index}].url`, url] as (typeof wanted)[number],
    ),
  ];
  const found: string[] = [];
  const problems: string[] = [];
  for (const [kind, setting, url] of wanted) {
    if (url === undefined) continue;
    const result = await lookFor(kind, url, context);
    if (typeof result === "string") problems.push(`settings.${setting}: ${result}`);
    else found.push(wordsOf(kind, url, result));
  }
  if (problems.length > 0) throw new ConfigurationError(problems.join("; "));
  return [...new Set(found)].join(", ");
}

/** With its address where the settings have another, so that it can be copied. */
function wordsOf(kind: CollectionKind, url: string, { name, url: its }: Collection): string {
  const isAsGiven = its === (url.endsWith("/") ? url : `${url}/`);
  const words = kind === "calendar" ? "calendar" : "address book";
  return `${words} "${name}"${isAsGiven ? "" : ` (${its})`}`;
}

/** @returns what was found, or what is wrong. */
async function lookFor(
  kind: CollectionKind,
  url: string,
  context: Context,
): Promise<Collection | string> {
  try {
    const found = await collectionOf(kind, url, context);
    if (found.isReadOnly) return `the user may only read "${found.name}"`;
    return found.isWithoutEvents ? `"${found.name}" takes tasks and no events` : found;
  } catch (error) {
    if (kindOf(error) === "retryable") throw error;
    return messageOf(error);
  }
}
