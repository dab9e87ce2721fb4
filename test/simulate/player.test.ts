import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import { httpClient } from "../../src/http/http-client.ts";
import { play, type PlayerOptions } from "../../src/simulate/player.ts";
import type { PlannedCall } from "../../src/simulate/playlist.ts";
import { freePort } from "../harness/servers.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A Bellhop of the test: gives the answers that the test wants. */
async function hub(answer: Answer): Promise<{ url: string; urls: string[] }> {
  const urls: string[] = [];
  const server = createServer((request, response) => {
    urls.push(request.url ?? "");
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, urls };
}

const ok: Answer = (_, response) => response.end("ok");

function call(booking: number, step = 1): PlannedCall {
  const [about, query] = [`booking ${booking}`, `booking=${booking}&step=${step}`];
  return { connection: "fjord", isRepeat: false, call: { about, method: "GET", query, label: "" } };
}

function playTo(url: string, calls: Iterable<PlannedCall>, options: Partial<PlayerOptions> = {}) {
  return play(calls, {
    http: httpClient,
    urlOf: (connection) => `${url}/hooks/${connection}/token`,
    pace: { connections: 4 },
    keepsOrder: true,
    signal: new AbortController().signal,
    ...options,
  });
}

describe("calls", () => {
  it("reach the callback URL of their connection with query, body and content type", async () => {
    const seen: unknown[] = [];
    const { url, urls } = await hub((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method, headers } = request;
        seen.push([method, headers["content-type"], Buffer.concat(chunks).toString()]);
        response.end("ok");
      });
    });
    const post: PlannedCall = {
      connection: "bikes",
      isRepeat: true,
      call: {
        about: "reservation 1",
        method: "POST",
        query: "ppp_payload=json",
        contentType: "application/json",
        body: Buffer.from('{"a":1}'),
        label: "",
      },
    };

    const tally = await playTo(url, [call(1), post], { pace: { connections: 1 } });

    expect(urls).toEqual([
      "/hooks/fjord/token?booking=1&step=1",
      "/hooks/bikes/token?ppp_payload=json",
    ]);
    expect(seen).toEqual([
      ["GET", undefined, ""],
      ["POST", "application/json", '{"a":1}'],
    ]);
    expect(tally).toMatchObject({ calls: 2, repeats: 1, subjects: 2, taken: 2, lost: 0 });
    expect([...tally.answers]).toEqual([["200", 2]]);
  });

  it("about one booking wait for each other, while other bookings go on", async () => {
    const done: string[] = [];
    let release = (): void => undefined;
    const { url } = await hub((request, response) => {
      const answer = () => {
        done.push(new URLSearchParams(request.url?.split("?")[1]).toString());
        response.end("ok");
      };
      if (request.url?.endsWith("booking=1&step=1")) release = answer;
      else answer();
      if (request.url?.includes("booking=3")) release();
    });

    await playTo(url, [call(1), call(1, 2), call(2), call(3)]);

    expect(done.at(0)).toBe("booking=2&step=1");
    expect(done.indexOf("booking=1&step=1")).toBeLessThan(done.indexOf("booking=1&step=2"));
  });

  it("go over no more connections than wanted, and over all of them", async () => {
    let [open, most] = [0, 0];
    const { url } = await hub((_, response) => {
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => {
        open -= 1;
        response.end("ok");
      });
    });
    const calls = Array.from({ length: 60 }, (_, index) => call(index));

    await playTo(url, calls, { pace: { connections: 6 } });

    expect(most).toBeLessThanOrEqual(6);
    expect(most).toBeGreaterThan(1);
  });

  it("keep to a rate", async () => {
    const { url } = await hub(ok);
    const startedAt = performance.now();

    await playTo(url, [call(1), call(2), call(3), call(4), call(5)], { pace: { perSecond: 50 } });

    expect(performance.now() - startedAt).toBeGreaterThan(75);
  });

  it("wait for the listener where it shall keep up, and for their own answers before", async () => {
    let answered = 0;
    const { url } = await hub((_, response) => {
      setImmediate(() => {
        answered += 1;
        response.end("ok");
      });
    });
    const seen: number[] = [];
    const untilReady = () => Promise.resolve(void seen.push(answered));

    await playTo(url, [call(1), call(2), call(3)], { untilReady });

    expect(seen).toEqual([0, 1, 2, 3]);
  });
});

describe("a call that is not taken", () => {
  it("is sent again after the time that a 503 asks for", async () => {
    const waits: number[] = [];
    let refusals = 2;
    const { url } = await hub((_, response) => {
      if (refusals > 0) response.writeHead(503, { "retry-after": "7" });
      refusals -= 1;
      response.end();
    });

    const tally = await playTo(url, [call(1)], { wait: (ms) => Promise.resolve(waits.push(ms)) });

    expect(waits).toEqual([7_000, 7_000]);
    expect([...tally.answers]).toEqual([
      ["503", 2],
      ["200", 1],
    ]);
    expect(tally).toMatchObject({ calls: 1, taken: 1, lost: 0 });
  });

  it("is lost at once when it is refused, and after five tries when there is no answer", async () => {
    const { url, urls } = await hub((_, response) => response.writeHead(404).end());
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const wait = () => Promise.resolve();

    const refused = await playTo(url, [call(1)], { wait });
    const unheard = await playTo(nobody, [call(1)], { wait });

    expect(urls.length).toBe(1);
    expect([...refused.answers]).toEqual([["404", 1]]);
    expect([...unheard.answers]).toEqual([["no answer", 5]]);
    expect([refused.lost, unheard.lost]).toEqual([1, 1]);
  });
});

it("the signal ends a playing that would never end, and what is under way is waited for", async () => {
  const { url, urls } = await hub(ok);
  const stop = new AbortController();
  function* endless(): Iterable<PlannedCall> {
    for (let booking = 1; ; booking += 1) yield call(booking);
  }

  const tally = await playTo(url, endless(), {
    pace: { perSecond: 1_000 },
    signal: stop.signal,
    onAnswer: ({ taken }) => {
      if (taken === 5) stop.abort();
    },
  });

  expect(tally.calls).toBeGreaterThanOrEqual(5);
  expect(tally.taken + tally.lost).toBe(tally.calls);
  expect(urls.length).toBeLessThanOrEqual(tally.calls);
});
