import { pino, type DestinationStream, type Logger } from "pino";
import { PinoPretty } from "pino-pretty";

/** Names under which secrets could find their way into a line. */
const SECRETS = ["token", "apiKey", "hashKey", "apiToken", "password", "secret", "authorization"];

/** One JSON line per event on stderr; readable lines when a person watches. */
export function createLog(level: string, isTerminal = process.stderr.isTTY): Logger {
  const destination: DestinationStream = isTerminal
    ? PinoPretty({ destination: 2, ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss.l" })
    : pino.destination({ dest: 2, sync: false });
  return pino(
    {
      level,
      base: null,
      serializers: { error: pino.stdSerializers.err },
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: "[hidden]" },
    },
    destination,
  );
}
