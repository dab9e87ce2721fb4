import { httpClient } from "../../http/http-client.ts";
import { reach } from "../../http/reach.ts";
import type { Booking } from "../booking.ts";
import type { Clock, Effect, LedgerEntry, Log, PeriodEntry } from "../context.ts";
import { kindOf } from "../errors.ts";
import type { CheckContext } from "../integration.ts";
import type { OAuthTokens } from "../oauth.ts";
import type { Delivery, FetchContext, RawDelivery, SourceContext } from "../source.ts";

/** A log that keeps its lines, so that a test can see that no secret is among them. */
export function memoryLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const write = (fields: object, message: string) => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
  };
  return { lines, debug: write, info: write, warn: write, error: write };
}

/** A clock that stands still until it is moved. */
export function testClock(start = Date.UTC(2026, 2, 2, 13, 20)): Clock & {
  set(epochMs: number): void;
  advance(ms: number): void;
} {
  let now = start;
  return {
    now: () => now,
    set: (epochMs) => (now = epochMs),
    advance: (ms) => (now += ms),
  };
}

/** A delivery as the inbox would hand it over. */
export function delivery(parts: Partial<RawDelivery> = {}): Delivery {
  return {
    id: "01980000-0000-7000-8000-000000000001",
    method: "GET",
    query: "",
    headers: {},
    body: Buffer.alloc(0),
    receivedAt: Date.UTC(2026, 2, 2, 13, 20),
    ...parts,
  } as Delivery;
}

export function sourceContext<Config>(config: Config): SourceContext<Config> {
  return { config, connection: { id: "test", name: "Test" }, learned: {}, log: memoryLog() };
}

export function fetchContext<Config>(
  config: Config,
  parts: Partial<FetchContext<Config>> = {},
): FetchContext<Config> {
  return {
    ...sourceContext(config),
    http: httpClient,
    clock: { now: Date.now },
    signal: new AbortController().signal,
    reportRemaining: () => undefined,
    learn: () => undefined,
    ...parts,
  };
}

export function checkContext<Config>(
  config: Config,
  parts: Partial<CheckContext<Config>> = {},
): CheckContext<Config> {
  const unused = () => {
    throw new Error("not part of this test");
  };
  return {
    config,
    learned: {},
    log: memoryLog(),
    clock: { now: Date.now },
    http: httpClient,
    reach,
    mail: {
      isRehearsal: false,
      office: undefined,
      send: unused,
      sendToOffice: unused,
      find: unused,
    },
    pdf: { render: unused },
    templates: { render: unused, texts: unused },
    tokens: memoryTokens(),
    dataFolder: "/nowhere",
    signal: new AbortController().signal,
    ...parts,
  };
}

/** Tokens as after `connect`: `token-1`, and the next one whenever one has been refused. */
export function memoryTokens(account: Readonly<Record<string, string>> = {}): OAuthTokens {
  let made = 1;
  return {
    access: () => Promise.resolve(`token-${made}`),
    refused: (token) => {
      if (token === `token-${made}`) made += 1;
      return Promise.resolve();
    },
    account: () => Promise.resolve(account),
  };
}

export interface MemoryLedger {
  effect: Effect;
  /** A copy, as a handler is given it. */
  entries(): LedgerEntry[];
  entriesOf(period: string): AsyncIterable<PeriodEntry>;
  /** Keys that were really carried out, in order. */
  readonly performed: readonly string[];
  /** What each effect was called beforehand, in order. */
  readonly plans: readonly (string | undefined)[];
}

/** What handlers borrow that most do not look at. */
export const nothingElse = {
  lane: "test/handler|test",
  people: {
    of: (booking: Booking) =>
      Promise.resolve({ id: "test", bookings: [booking], isEmailShared: false, sharers: [] }),
    touchedBy: () => Promise.resolve([]),
  },
  entriesOf: noEntries,
  dataFolder: "/nowhere",
  documentOf: () => Promise.resolve(undefined),
  firstUsedAt: () => Promise.resolve(0),
};

async function* noEntries(): AsyncGenerator<PeriodEntry> {
  await Promise.resolve();
  yield* [];
}

/**
 * A ledger that behaves as the real one and lasts as long as the test.
 *
 * @param order Counts what is begun, over all ledgers that share it.
 */
export function memoryLedger(connection = "test", order = { begun: 0 }): MemoryLedger {
  const entries = new Map<string, LedgerEntry>();
  const performed: string[] = [];
  const plans: (string | undefined)[] = [];
  const periods = new Map<string, string>();
  const positions = new Map<string, number>();
  const changedAt = new Map<string, number>();
  const put = (entry: LedgerEntry) => {
    entries.set(entry.key, entry);
    changedAt.set(entry.key, Date.now());
  };
  const place = { handler: "test/handler", connection, subject: "test" };
  return {
    performed,
    plans,
    entries: () => structuredClone([...entries.values()]),
    async *entriesOf(period) {
      const filed = [...entries.values()].filter(({ key }) => periods.get(key) === period);
      for (const entry of filed) {
        const { key } = entry;
        const [position = 0, at = 0] = [positions.get(key), changedAt.get(key)];
        yield { ...place, ...entry, position, at };
      }
      await Promise.resolve();
    },
    effect: async (key, steps) => {
      plans.push(steps.plan);
      const known = entries.get(key);
      if (known?.state === "done") return known;
      const name = `lane|${key}`;
      const found = known?.state === "started" ? await steps.find?.(name) : undefined;
      if (typeof found === "object") {
        put({ key, ...(known?.data && { data: known.data }), ...found, state: "done" });
        return found;
      }
      const data = known?.state === "started" ? known.data : steps.intent;
      if (steps.period !== undefined) periods.set(key, steps.period);
      if (!positions.has(key)) positions.set(key, (order.begun += 1));
      put({ key, state: "started", ...(data && { data }) });
      try {
        const result = await steps.perform(name);
        performed.push(key);
        put({ key, ...(data && { data }), ...result, state: "done" });
        return result;
      } catch (error) {
        if (isCertain(error)) {
          put({ key, state: "failed", ...(data && { data }) });
        }
        throw error;
      }
    },
  };
}

/** Whether it is known that a thing was not done. */
function isCertain(error: unknown): boolean {
  const { mayHaveHappened } = error as { mayHaveHappened?: boolean };
  return kindOf(error) !== undefined && mayHaveHappened !== true;
}
