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

/** One JSON line per event on stderr; readable lines when a person watches. */
export function createLog(level: string, isTerminal = process.stderr.isTTY): Logger {
  const destination: DestinationStream = isTerminal
    ? PinoPretty({ destination: 2, ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss.l" })
    : pino.destination({ dest: 2, sync: false });
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
