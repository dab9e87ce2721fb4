import { ConfigurationError, messageOf, PermanentError, RetryableError } from "../sdk/errors.ts";

/** What nodemailer tells about a failure. */
interface SmtpFailure {
  code?: string;
  command?: string;
  responseCode?: number;
}

const LOGIN_CODES = new Set([530, 534, 535, 538]);
const LOGIN_FAILURES = new Set(["EAUTH", "ENOAUTH", "EOAUTH2"]);
/** Refusals of the mail itself; of anything else the server may think better. */
const MAIL_FAILURES = new Set(["EENVELOPE", "EMESSAGE"]);

/**
 * What a failure of the mail server means for the job. The only place that decides it.
 *
 * @param wasHandedOver Whether the server had said "go ahead" and part of the mail was sent: then it may
 *   have taken it although we never heard.
 */
export function smtpError(error: unknown, wasHandedOver: boolean): Error {
  const { code = "", command = "", responseCode } = error as SmtpFailure;
  const why = withoutAddresses(messageOf(error));
  // The server's words may name the guest, so the error itself is not passed on.
  const cause = Object.assign(new Error(why), { code, command, responseCode });

  if (LOGIN_FAILURES.has(code) || (responseCode && LOGIN_CODES.has(responseCode))) {
    return new ConfigurationError(`the mail server refuses the login, see SMTP_URL: ${why}`, {
      cause,
    });
  }
  if (responseCode && responseCode >= 500 && command === "MAIL FROM") {
    return new ConfigurationError(`the mail server refuses the sender, see MAIL_FROM: ${why}`, {
      cause,
    });
  }
  const isRefusal = MAIL_FAILURES.has(code) && (responseCode === undefined || responseCode >= 500);
  if (isRefusal) return new PermanentError(`the mail server refuses the mail: ${why}`, { cause });
  if (responseCode) {
    return new RetryableError(`the mail server does not take the mail now: ${why}`, { cause });
  }
  const mayHaveHappened = wasHandedOver;
  return new RetryableError(`no answer from the mail server: ${why}`, { cause, mayHaveHappened });
}

function withoutAddresses(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, "…")
    .slice(0, 300);
}
