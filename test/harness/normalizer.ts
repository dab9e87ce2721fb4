import { z } from "zod";

import { CounterStore } from "../../src/db/counter-store.ts";
import type { Database } from "../../src/db/database.ts";
import { FactStore } from "../../src/db/fact-store.ts";
import { HandlerTable } from "../../src/dispatch/handler-table.ts";
import { JobStore } from "../../src/dispatch/job-store.ts";
import { httpClient } from "../../src/http/http-client.ts";
import { InboxStore } from "../../src/inbox/inbox-store.ts";
import { IntakeLoad } from "../../src/inbox/intake-load.ts";
import { ConnectionNormalizer } from "../../src/normalize/connection-normalizer.ts";
import { EventStore } from "../../src/normalize/event-store.ts";
import type { Follower } from "../../src/normalize/follower.ts";
import { NormalizeStore } from "../../src/normalize/normalize-store.ts";
import { SubjectStore } from "../../src/normalize/subject-store.ts";
import { newId } from "../../src/process/new-id.ts";
import type { LoadedConnection } from "../../src/registry/registry.ts";
import type { Notice, Source } from "../../src/sdk/source.ts";
import { memoryLog } from "../../src/sdk/testing.ts";

/** Normalizing on its own: real store, one connection with a source of the test. */
export interface NormalizerBench {
  normalizer: ConnectionNormalizer;
  connection: LoadedConnection;
  /** Bookings made before are no news. */
  since: number;
  /** Keeps calls in the inbox; a body is what the source's `read` answers, as JSON. */
  deliver(...notices: Notice[]): Promise<void>;
  inbox: InboxStore;
  /** `<state> <reason>` of every delivery, in order of arrival. */
  deliveries(): Promise<string[]>;
  /** `<subject> <type>` of every event, in order. */
  events(): Promise<string[]>;
  log: ReturnType<typeof memoryLog>;
}

export interface BenchOptions {
  follower?: Follower;
  handlers?: HandlerTable;
}

const readNotice: Source<unknown>["read"] = ({ body }) => [
  JSON.parse(body.toString("utf8")) as Notice,
];

export function openNormalizer(
  db: Database,
  source: Partial<Source<unknown>> = {},
  { follower, handlers = new HandlerTable([]) }: BenchOptions = {},
): NormalizerBench {
  const log = memoryLog();
  const connection = connectionOf(source);
  const since = Date.UTC(2026, 0, 1);
  const counters = new CounterStore(db);
  const inbox = new InboxStore(db);
  const parts = {
    db,
    inbox,
    counters,
    subjects: new SubjectStore(db),
    events: new EventStore(),
    jobs: new JobStore(db, handlers, counters),
    ...(follower && { follower }),
  };
  const normalizer = new ConnectionNormalizer(connection, since, {
    inbox,
    store: new NormalizeStore(parts),
    facts: new FactStore(db),
    db,
    tools: { http: httpClient, clock: { now: Date.now }, log },
    load: new IntakeLoad(),
    onJobs: () => undefined,
    onCommit: () => undefined,
  });
  return {
    normalizer,
    connection,
    since,
    inbox,
    log,
    async deliver(...notices) {
      await inbox.append(notices.map((notice) => deliveryOf(notice)));
      normalizer.wake.call();
    },
    async deliveries() {
      const rows: { state: string; reason: string | null }[] = await db
        .knex("deliveries")
        .orderBy("position")
        .select("state", "reason");
      return rows.map(({ state, reason }) => [state, reason].filter(Boolean).join(" "));
    },
    async events() {
      const rows: { subject: string; type: string }[] = await db
        .knex("events")
        .orderBy("position")
        .select("subject", "type");
      return rows.map(({ subject, type }) => `${subject} ${type}`);
    },
  };
}

function connectionOf(source: Partial<Source<unknown>>): LoadedConnection {
  return {
    id: "bikes",
    config: {
      source: "bench",
      tokens: ["bench-token-0123456789abcdef"],
      mode: "live",
      simulated: false,
      settings: {},
    },
    integration: {
      manifest: { id: "bench", name: "Bench" },
      config: z.object({}),
      source: { read: readNotice, ...source },
    },
    settings: {},
  };
}

export function deliveryOf(notice: Notice, query = "") {
  return {
    id: newId(),
    connection: "bikes",
    receivedAt: Date.now(),
    method: "POST",
    query,
    rawHeaders: [],
    body: Buffer.from(JSON.stringify(notice)),
  };
}

/** What a call says about a booking of the bench. */
export function noticeOf(
  reference: string,
  type: Notice["announcement"]["type"],
  parts: Partial<Notice> = {},
): Notice {
  return {
    subject: { kind: "booking", reference },
    announcement: { ...(type && { type }), native: { event: type ?? "", fields: { reference } } },
    ...parts,
  };
}
