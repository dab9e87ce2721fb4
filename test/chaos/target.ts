import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { listenOnLoopback, type LoopbackServer } from "./loopback.ts";
import type { Random } from "./random.ts";

/** One thing that was done at the target, as often as it was done. */
export interface Performed {
  key: string;
  connection: string;
  subject: string;
  version: number;
  ordinal: number;
  /** UTC milliseconds. */
  at: number;
}

type Mishap =
  "slow before" | "slow after" | "error" | "error after" | "limit" | "cut" | "cut after" | "hang";

const MISHAPS: readonly Mishap[] = [
  ...(["slow before", "slow after", "error", "error after"] as const),
  ...(["limit", "cut", "cut after", "hang"] as const),
];

/**
 * Does what it is asked to, records it and can be asked. Does not sort out repeats itself: that is
 * what is being proven. A caller that hangs up before a thing is done finds it not done.
 */
export class Target {
  readonly performed: Performed[] = [];
  /** Share of calls that something befalls. */
  trouble = 0;
  readonly mishaps = new Map<Mishap, number>();
  readonly #keys = new Set<string>();
  readonly #random: Random;
  #server: LoopbackServer | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  async start(): Promise<string> {
    this.#server = await listenOnLoopback((request, response) => {
      const answering = request.method === "POST" ? this.#perform(request, response) : undefined;
      // A caller that is killed while it writes was promised nothing.
      answering?.catch(() => response.destroy());
      if (!answering) this.#find(request, response);
    });
    return this.#server.url;
  }

  async stop(): Promise<void> {
    await this.#server?.close();
  }

  #find({ url = "" }: IncomingMessage, response: ServerResponse): void {
    if (this.#random.happens(this.trouble / 4)) {
      response.writeHead(500).end();
      return;
    }
    const key = new URL(url, "http://target").searchParams.get("key") ?? "";
    response.writeHead(this.#keys.has(key) ? 200 : 404).end();
  }

  async #perform(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const asked = JSON.parse(Buffer.concat(chunks).toString()) as Omit<Performed, "at">;
    const mishap = this.#random.happens(this.trouble) ? this.#random.pick(MISHAPS) : undefined;
    if (mishap) this.mishaps.set(mishap, (this.mishaps.get(mishap) ?? 0) + 1);

    if (mishap && isBefore(mishap, response)) return;
    if (mishap === "slow before") await sleep(this.#random.between(50, 700));
    if (request.socket.destroyed) return;

    this.#keys.add(asked.key);
    this.performed.push({ ...asked, at: Date.now() });
    if (mishap === "slow after") await sleep(this.#random.between(50, 700));
    if (mishap === "cut after") response.destroy();
    else answer(response, mishap === "error after" ? 500 : 200);
  }
}

/** @returns true when nothing is done for this caller. One that hangs waits until it has had enough. */
function isBefore(mishap: Mishap, response: ServerResponse): boolean {
  if (mishap === "error") answer(response, 500);
  if (mishap === "limit") answer(response, 429, { "retry-after": "1" });
  if (mishap === "cut") response.destroy();
  return ["error", "limit", "cut", "hang"].includes(mishap);
}

function answer(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, headers).end();
}
