import { ConfigurationError, PermanentError, RetryableError } from "#sdk";

/** A question that a person would be asked in Tryton's own client. */
export class TrytonQuestion extends PermanentError {
  readonly warning: string;

  constructor(warning: string, message: string) {
    super(`Tryton asks before it goes on: ${message}`);
    this.warning = warning;
  }
}

// PostgreSQL, then SQLite. The server has tried five times itself before it says so.
const BUSY =
  /could not obtain lock|could not serialize access|deadlock detected|database is locked|database table is locked/i;
const DATABASE_GONE =
  /could not connect to server|connection (to server .*)?(refused|failed)|server closed the connection|connection already closed|terminating connection/i;
const NO_RIGHTS = /^You are not allowed to|is not allowed\.$/;
const LONGEST_MESSAGE = 300;

/**
 * What an error means that Tryton answers with status 200. Whatever was asked has been rolled back.
 *
 * @param error `["UserError", [message, description, …]]`, or `[text, traceback]` of anything else.
 */
export function judgeError(error: unknown, method: string): Error {
  const [kind, details] = Array.isArray(error) ? (error as unknown[]) : [error];
  const [first, second] = Array.isArray(details) ? details.map(textOf) : [textOf(details)];
  switch (kind) {
    case "UserError": {
      const message = sentence(first, second);
      return NO_RIGHTS.test(first ?? "")
        ? new ConfigurationError(
            `Tryton: ${message} Give the user the group Accounting (${method})`,
          )
        : new PermanentError(`Tryton refuses: ${message} (${method})`);
    }
    case "UserWarning":
      return new TrytonQuestion(first ?? "", sentence(second));
    case "ConcurrencyException":
      return new RetryableError(`somebody else has changed the record meanwhile (${method})`);
    case "LoginException":
      return new ConfigurationError(
        "Tryton asks for more than a password: set `authentications = password` for this user",
      );
    default:
      return judgeFailure(textOf(kind) ?? "", method);
  }
}

function judgeFailure(text: string, method: string): Error {
  const reason = clip(text);
  if (BUSY.test(text)) {
    return new RetryableError(`Tryton's database is busy: ${reason} (${method})`);
  }
  if (/^Database .* doesn't exist/.test(text)) {
    return new ConfigurationError("settings.database: Tryton has no database of that name");
  }
  if (DATABASE_GONE.test(text)) {
    return new RetryableError(`Tryton has lost its database: ${reason} (${method})`, {
      mayHaveHappened: true,
    });
  }
  // Tasks run after the commit, so an unknown failure may have left something behind.
  return new PermanentError(`Tryton failed: ${reason} (${method})`, { mayHaveHappened: true });
}

function sentence(...parts: readonly (string | undefined)[]): string {
  return clip(parts.filter((part) => part !== undefined && part !== "").join(" "));
}

function clip(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
