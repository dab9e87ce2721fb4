import addressparser from "nodemailer/lib/addressparser";

import { ConfigurationError, PermanentError } from "../sdk/errors.ts";

export interface Sender {
  /** As shown before the address. */
  name: string;
  address: string;
}

const MAX_LENGTH = 254;

/**
 * The one address a mail goes to. What guests type into forms may hold two addresses, a name with
 * an address, or a header of its own; none of that is taken apart and guessed at.
 *
 * @throws PermanentError without the text: it may be a guest's.
 */
export function recipientAddress(text: string): string {
  const address = text.trim();
  if (!isPlainAddress(address)) throw new PermanentError("not one e-mail address");
  return address;
}

/**
 * `post@fjord.example` or `Fjord Walks <post@fjord.example>`, as an operator writes it in settings.
 *
 * @param setting Named in the error.
 */
export function operatorAddress(text: string, setting: string): Sender {
  const [first, ...more] = addressparser(oneLine(text), { flatten: true });
  if (!first || more.length > 0 || !isPlainAddress(first.address)) {
    throw new ConfigurationError(`${setting} is not one e-mail address: "${oneLine(text)}"`);
  }
  return { name: first.name, address: first.address };
}

/** Text that cannot end its header and begin another. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").trim();
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1);
}

function isPlainAddress(text: string): boolean {
  return (
    text.length <= MAX_LENGTH && /^[^\s,;:<>"()@\\\p{Cc}]+@[^\s,;:<>"()@\\\p{Cc}]+$/u.test(text)
  );
}
