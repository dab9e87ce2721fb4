import type { HttpClient, HttpResponse } from "../sdk/context.ts";
import type { SimulatedCall } from "../sdk/simulator.ts";

export type Delivered = "taken" | "lost";

export interface CallSenderParts {
  http: HttpClient;
  signal: AbortSignal;
  wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Called for each try. */
  onAnswer: (status: string) => void;
}

const MOST_TRIES = 5;
const DEFAULT_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/** Makes one call, and makes it again after a 503 or when there was no answer at all. */
export class CallSender {
  readonly #parts: CallSenderParts;

  constructor(parts: CallSenderParts) {
    this.#parts = parts;
  }

  async deliver(hookUrl: string, call: SimulatedCall): Promise<Delivered> {
    const { signal, wait } = this.#parts;
    for (let tries = 1; !signal.aborted; tries += 1) {
      const answer = await this.#try(hookUrl, call);
      if (answer && answer.status >= 200 && answer.status < 300) return "taken";
      const isWorthIt = answer === undefined || answer.status === 503;
      if (!isWorthIt || tries >= MOST_TRIES) return "lost";
      try {
        await wait(retryMs(answer), signal);
      } catch {
        break; // the signal
      }
    }
    return "lost";
  }

  async #try(hookUrl: string, call: SimulatedCall): Promise<HttpResponse | undefined> {
    const { http, signal, onAnswer } = this.#parts;
    const { method, query, contentType, body } = call;
    try {
      const answer = await http.send({
        method,
        url: query === "" ? hookUrl : `${hookUrl}?${query}`,
        headers: contentType === undefined ? {} : { "content-type": contentType },
        signal,
        ...(body && method !== "GET" && { body }),
      });
      onAnswer(String(answer.status));
      return answer;
    } catch {
      // Whatever the reason: a booking system does not know it either.
      if (!signal.aborted) onAnswer("no answer");
      return undefined;
    }
  }
}

function retryMs(answer: HttpResponse | undefined): number {
  const seconds = answer?.headers["retry-after"] ?? "";
  if (!/^\d+$/.test(seconds)) return DEFAULT_RETRY_MS;
  return Math.min(Number(seconds) * 1000, LONGEST_RETRY_MS);
}
