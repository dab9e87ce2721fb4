import { ConfigurationError, kindOf, messageOf, PermanentError, RetryableError } from "#sdk";

import { type Desk, forgetReadings, openDesk } from "./desk.ts";
import type { TrytonContext } from "./transport.ts";

/** Works at a desk. @throws as the work does, with what it may have left behind. */
export async function atDesk<Result>(
  context: TrytonContext,
  work: (desk: Desk) => Promise<Result>,
): Promise<Result> {
  const desk = await openDesk(context);
  try {
    return await work(desk);
  } catch (error) {
    // A record that is gone may be one that was read a while ago.
    if (kindOf(error) === "permanent") forgetReadings();
    throw desk.tryton.hasWritten ? mayHaveHappened(error) : error;
  }
}

/** The work is of several calls: one that fails may leave what those before it have done. */
function mayHaveHappened(cause: unknown): unknown {
  const details = { cause, mayHaveHappened: true };
  const message = messageOf(cause);
  switch (kindOf(cause)) {
    case "retryable": {
      const { retryAfterMs } = cause as RetryableError;
      return new RetryableError(message, { ...details, retryAfterMs });
    }
    case "permanent":
      return new PermanentError(message, details);
    case "configuration":
      return new ConfigurationError(message, details);
    case undefined:
      return cause;
  }
}
