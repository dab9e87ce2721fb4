import { setTimeout as sleep } from "node:timers/promises";

import type { HttpClient } from "../sdk/context.ts";
import { messageOf } from "../sdk/errors.ts";

/** What `/api/v1/status` says of the whole installation. */
export interface Status {
  accepted: number;
  waiting: number;
  held: number;
  failed: number;
  events: number;
  jobs: Readonly<Record<string, number>>;
}

/** Asks the running Bellhop what it has done. */
export class StatusReader {
  readonly #http: HttpClient;
  readonly #url: string;
  readonly #token: string;

  constructor(http: HttpClient, publicUrl: string, token: string) {
    this.#http = http;
    this.#url = `${publicUrl}/api/v1/status`;
    this.#token = token;
  }

  /** @throws when it does not answer, with the reason. */
  async read(): Promise<Status> {
    const headers = { authorization: `Bearer ${this.#token}` };
    const answer = await this.#http.send({ url: this.#url, headers });
    if (answer.status !== 200) throw new Error(`/api/v1/status answered ${answer.status}`);
    return statusOf(JSON.parse(answer.text()));
  }
}

function statusOf(value: unknown): Status {
  const fields = value as Record<string, unknown>;
  const jobs = fields["jobs"] as Record<string, unknown> | undefined;
  return {
    accepted: numberOf(fields["accepted"]),
    waiting: numberOf(fields["waiting"]),
    held: numberOf(fields["held"]),
    failed: numberOf(fields["failed"]),
    events: numberOf(fields["events"]),
    jobs: Object.fromEntries(
      Object.entries(jobs ?? {}).map(([state, count]) => [state, numberOf(count)]),
    ),
  };
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

export interface AftermathOptions {
  /** Absent without an API token. */
  status: StatusReader | undefined;
  /** How many questions the simulated systems have answered so far. */
  answered: () => number;
  /** Waits no longer than this. */
  longestMs: number;
  signal: AbortSignal;
  /** Called once when it takes a while. */
  onPatience?: () => void;
}

const POLL_MS = 250;
/** Without an API token: nothing asked for so long means that nothing more is wanted. */
const QUIET_MS = 3_000;
const PATIENCE_MS = 4_000;

/**
 * Waits until Bellhop has dealt with the calls: the simulated systems must answer until then. With
 * a token it is asked, else it is taken to be done when it asks no more.
 *
 * @returns the last status, or why there is none.
 */
export async function waitForAftermath(options: AftermathOptions): Promise<Status | string> {
  const startedAt = performance.now();
  const endsAt = startedAt + options.longestMs;
  let { onPatience } = options;
  let last: Status | string = "set BELLHOP_API_TOKEN to see what became of them";
  let [answered, askedAt] = [options.answered(), performance.now()];
  for (;;) {
    if (options.status) last = await readOrWhy(options.status);
    const now = performance.now();
    if (options.answered() !== answered) [answered, askedAt] = [options.answered(), now];
    const isOver = typeof last === "string" ? now - askedAt > QUIET_MS : isIdle(last);
    if (isOver || now >= endsAt || options.signal.aborted) return last;
    if (onPatience && now - startedAt > PATIENCE_MS) {
      onPatience();
      onPatience = undefined;
    }
    await sleep(POLL_MS, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

async function readOrWhy(status: StatusReader): Promise<Status | string> {
  try {
    return await status.read();
  } catch (error) {
    return messageOf(error);
  }
}

function isIdle({ waiting, jobs }: Status): boolean {
  return waiting === 0 && (jobs["ready"] ?? 0) + (jobs["leased"] ?? 0) === 0;
}
