import { type FormFields, parseForm } from "#sdk";

const NEEDED = ["event", "account_id", "channel_id", "booking_id"] as const;

// A further question mark, also percent-encoded, right before a parameter that TourCMS sends.
const SECOND_START =
  /(?:\?|%3F)(?=(?:event|account_id|account_name|channel_id|booking_id)(?:=|&|$))/gi;

/**
 * Parameters of a TourCMS call. The operator's own parameters may stand before them, since TourCMS
 * appends its own to the configured URL. How it joins them to a URL that already has a query is not
 * documented; where the plain reading lacks a parameter, a second question mark is read as the
 * start of new parameters. Only then, because a value may rightly hold a question mark.
 */
export function readQuery(query: string): FormFields {
  const plain = parseForm(query.replace(/^\?+/, ""));
  if (NEEDED.every((name) => plain.get(name) !== undefined)) return plain;
  return parseForm(query.replace(SECOND_START, "&").replace(/^[?&]+/, ""));
}

/** All parameters by name; of repeated names the first value. */
export function fieldsOf(form: FormFields): Record<string, string> {
  return Object.fromEntries(form.names.map((name) => [name, form.get(name) ?? ""]));
}
