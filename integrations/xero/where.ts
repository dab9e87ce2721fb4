import { PermanentError } from "#sdk";

/** A text inside a filter: `Reference=="fjord/1201/payment:1"`. */
export function quoted(text: string): string {
  // There is no way to write one inside of a text, and a number of ours has none.
  if (/["\\]/.test(text)) throw new PermanentError(`Xero cannot be searched for ${text}`);
  return `"${text}"`;
}

export function is(field: string, text: string): string {
  return `${field}==${quoted(text)}`;
}

/** Fields that are empty have no beginning, which Xero answers with an error. */
export function beginsWith(field: string, text: string): string {
  return `${field}!=null AND ${field}.StartsWith(${quoted(text)})`;
}
