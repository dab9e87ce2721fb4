import { pino, type DestinationStream, type Logger } from "pino";
import { PinoPretty } from "pino-pretty";

/** Names under which secrets could find their way into a line. */
const SECRETS = ["token", "apiKey", "hashKey", "apiToken", "password", "secret", "authorization"];

const MAX_CAUSES = 4;

/**
 * An error without what drivers hang on it: mysql2 keeps the whole statement there, with guests'
 * data filled in, and puts rejected values into the message, in quotes.
 */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const { code, sql } = error as { code?: unknown; sql?: unknown };
  const isFromDatabase = sql !== undefined;
  const tidy = (text: string) => (isFromDatabase ? text.replaceAll(/'[^']*'/g, "'…'") : text);
  const hasCause = error.cause !== undefined && depth < MAX_CAUSES;
  return {
    type: error.name,
    message: tidy(error.message),
    ...(code !== undefined && { code }),
    stack: tidy(error.stack ?? ""),
    ...(hasCause && { cause: describeError(error.cause, depth + 1) }),
  };
}

/** Tries, 100 ms apart, to write the last lines to somebody who does not read them. */
const LAST_TRIES = 20;

/**
 * At its end a process writes what is left of its log before anything else happens. Without a limit
 * it would not end at all when nobody reads: a collector that hangs, a pager that is left open.
 */
function newPatience(): () => boolean {
  let tries = 0;
  return () => {
    // Nothing else has its turn while these are in a row.
    if (tries === 0) setImmediate(() => (tries = 0));
    tries += 1;
    return tries <= LAST_TRIES;
  };
}

/** One JSON line per event on stderr; readable lines when a person watches. */
export function createLog(level: string, isTerminal = process.stderr.isTTY): Logger {
  const destination: DestinationStream = isTerminal
    ? PinoPretty({ destination: 2, ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss.l" })
    : pino.destination({ dest: 2, sync: false, retryEAGAIN: newPatience() });
  return pino(
    {
      level,
      base: null,
      serializers: { error: (error: unknown) => describeError(error) },
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: "[hidden]" },
    },
    destination,
  );
}
