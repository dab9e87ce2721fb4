import {
  ConfigurationError,
  type HttpResponse,
  PermanentError,
  retryAfterMs,
  RetryableError,
} from "#sdk";

/** What only a person can put right, here or there. */
const NEEDS_A_PERSON: Readonly<Record<number, string>> = {
  401: "it does not accept the signature: is the secret the same there?",
  403: "it does not let us in",
  404: "it does not know the address: is the workflow there switched on?",
  405: "it takes no POST at this address",
  407: "a proxy wants to know who we are",
  410: "it has given the address up for good: write another url, or remove the instance",
};

/** Too slow, too early, too many. */
const COMES_RIGHT_BY_ITSELF: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Does nothing when the receiver has taken the event.
 *
 * The body of the answer is left alone: it may hold whatever we have sent.
 *
 * @throws what the answer means for the job.
 */
export function judgeAnswer({ status, headers }: HttpResponse, host: string, nowMs: number): void {
  if (status >= 200 && status < 300) return;
  const answered = `${host} answered ${status}`;
  if (status >= 300 && status < 400) {
    throw new ConfigurationError(
      `${answered}, a redirect, which is not followed: write the address it leads to as url`,
    );
  }
  const help = NEEDS_A_PERSON[status];
  if (help !== undefined) throw new ConfigurationError(`${answered}: ${help}`);
  if (status >= 500 || COMES_RIGHT_BY_ITSELF.has(status)) {
    throw new RetryableError(answered, {
      retryAfterMs: retryAfterMs(headers["retry-after"], nowMs) ?? 0,
      // A gateway gives up on a receiver that may still be at work.
      mayHaveHappened: status >= 500,
    });
  }
  throw new PermanentError(`${answered}: it does not want this event`);
}
