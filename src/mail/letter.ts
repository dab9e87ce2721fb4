import type { MailMessage, MailReceipt } from "../sdk/context.ts";
import { ConfigurationError } from "../sdk/errors.ts";
import { oneLine, operatorAddress, recipientAddress } from "./address.ts";

/** A mail addressed as the mode says: what is in it, and who really gets it. */
export interface Letter {
  message: Omit<MailMessage, "to" | "cc" | "subject">;
  subject: string;
  to: string;
  cc: readonly string[];
  audience: MailReceipt["audience"];
  isRehearsal: boolean;
  /** True when it must not leave this machine: a rehearsal without an office. */
  staysHere: boolean;
}

export interface Mode {
  isRehearsal: boolean;
  office: string | undefined;
}

/**
 * Addresses a mail to a guest. In rehearsal the office gets it, and without an office nobody: it
 * becomes a file that says who it is for.
 *
 * @throws PermanentError when `to` is not one address.
 */
export function letterToGuest({ to, cc = [], ...message }: MailMessage, mode: Mode): Letter {
  const address = recipientAddress(to);
  const subject = oneLine(message.subject);
  if (!mode.isRehearsal) {
    const copies = cc.map(recipientAddress);
    const rest = { message, subject, to: address, cc: copies };
    return { ...rest, audience: "guest", isRehearsal: false, staysHere: false };
  }
  return {
    message,
    subject: `[for ${address}] ${subject}`,
    to: mode.office ?? address,
    cc: [],
    audience: "office",
    isRehearsal: true,
    staysHere: mode.office === undefined,
  };
}

/**
 * Addresses a mail to the office.
 *
 * @param address Another address of the operator's own. It stands apart from the message, so that
 *   the `to` of a guest's mail that is shown to the office never counts.
 * @throws ConfigurationError when there is neither, or it is not one address.
 */
export function letterToOffice(
  message: Omit<MailMessage, "to" | "cc">,
  mode: Mode,
  address?: string,
): Letter {
  const to = address === undefined ? mode.office : operatorAddress(address, "to").address;
  if (to === undefined) {
    throw new ConfigurationError("no address of the office: set mail.office");
  }
  return {
    message,
    subject: oneLine(message.subject),
    to,
    cc: [],
    audience: "office",
    isRehearsal: mode.isRehearsal,
    staysHere: false,
  };
}
