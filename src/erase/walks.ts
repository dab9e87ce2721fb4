import type { Knex } from "knex";

import { readEvent } from "../normalize/event-store.ts";
import { changesWithoutGuest, eventWithoutGuest } from "../normalize/without-guest.ts";
import type { Change } from "../sdk/booking-event.ts";
import type { KnownTexts } from "./known-texts.ts";

export type WalkedRow = Readonly<Record<string, unknown>>;

/** How the rows of a table are rid of a guest. */
export interface Walk {
  table: string;
  columns: readonly string[];
  /** New values of a row; undefined: it stays as it is. */
  change: (row: WalkedRow) => Record<string, unknown> | undefined;
  narrow?: (query: Knex.QueryBuilder) => Knex.QueryBuilder;
  /** Columns that have to be as they were read; a row that has moved on is left to a later walk. */
  fence?: readonly string[];
}

/** @param keptCustom Form items by which instances choose their bookings. */
export function eventsWithout(keptCustom: ReadonlySet<string>): Walk {
  return {
    table: "events",
    columns: ["payload"],
    change: ({ payload }) => {
      const event = eventWithoutGuest(readEvent(payload as Buffer), keptCustom);
      return { payload: Buffer.from(JSON.stringify(event)) };
    },
  };
}

export const DIFFERENCES: Walk = {
  table: "differences",
  columns: ["fields"],
  change: ({ fields }) => {
    const changes = JSON.parse((fields as Buffer).toString("utf8")) as Change[];
    return { fields: Buffer.from(JSON.stringify(changesWithoutGuest(changes))) };
  },
};

const NOTHING = { query: Buffer.alloc(0), headers: Buffer.from("[]"), body: Buffer.alloc(0) };

/** What still waits is read first; of what it says nothing is kept then. */
const HAS_ENDED = ["done", "duplicate", "failed"];

export function deliveriesWithout(texts: KnownTexts): Walk {
  return {
    table: "deliveries",
    columns: ["reason"],
    narrow: (query) => query.whereRaw("COALESCE(state, '') IN (?, ?, ?)", HAS_ENDED),
    change: ({ reason }) => ({ ...NOTHING, reason: sentence(reason, texts) }),
  };
}

export function unreadWithout(texts: KnownTexts): Walk {
  return {
    table: "deliveries",
    columns: ["reason", "query", "body"],
    change: (row) => {
      return isNamedIn(row, texts)
        ? { ...NOTHING, reason: sentence(row["reason"], texts) }
        : undefined;
    },
  };
}

/** Only looks. */
export function unreadOf(texts: KnownTexts, found: WalkedRow[]): Walk {
  return {
    table: "deliveries",
    columns: ["received_at", "query", "body"],
    change: (row) => {
      if (isNamedIn(row, texts)) found.push(row);
      return undefined;
    },
  };
}

function isNamedIn({ query, body }: WalkedRow, texts: KnownTexts): boolean {
  return [query, body].some((bytes) => texts.occurIn(textOf(bytes)));
}

export function reasonsWithout(table: "jobs" | "occurrences", texts: KnownTexts): Walk {
  return {
    table,
    columns: ["reason"],
    change: ({ reason }) => {
      const isNamed = typeof reason === "string" && texts.occurIn(reason);
      return isNamed ? { reason: texts.without(reason) } : undefined;
    },
  };
}

/**
 * Rows stay, since nothing may be done twice, and so does what targets are found by and what the books
 * need. One that is being worked on is left to a later walk.
 */
export function effectsWithout(texts: KnownTexts): Walk {
  return {
    table: "effects",
    columns: ["summary", "link", "data", "updated_at"],
    narrow: (query) => query.whereRaw("COALESCE(state, '') <> 'started'"),
    change: ({ summary, link, data }) => {
      const text = data === null ? null : textOf(data);
      const plain = text === null ? null : dataWithout(text, texts);
      const after = { summary: sentence(summary, texts), link: sentence(link, texts) };
      if (after.summary === summary && after.link === link && plain === text) return undefined;
      return { ...after, data: plain === null ? null : Buffer.from(plain) };
    },
    fence: ["updated_at"],
  };
}

/** Texts that stand for themselves. One that is JSON is a document of the books. */
function dataWithout(data: string, texts: KnownTexts): string {
  const entries = Object.entries(JSON.parse(data) as Record<string, unknown>);
  const kept = entries.map(([name, value]) => {
    const isText = typeof value === "string" && !/^[[{"]/.test(value);
    return [name, isText ? texts.without(value) : value];
  });
  return JSON.stringify(Object.fromEntries(kept));
}

/** Coupons and customers by themselves: those of the guest's own number, or with the address in a field. */
export function othersOf(connection: string, texts: KnownTexts, found: string[]): Walk {
  return {
    table: "subjects",
    columns: ["subject", "state"],
    change: ({ subject, state }) => {
      const record: unknown = JSON.parse(textOf(state));
      const isOwn = texts.customers.has(`${connection} ${String(subject)}`);
      if (record !== null && (isOwn || hasValue(record, texts.emails))) found.push(String(subject));
      return undefined;
    },
  };
}

function hasValue(value: unknown, wanted: ReadonlySet<string>): boolean {
  if (typeof value === "string") return wanted.has(value.trim().toLowerCase());
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).some((one) => hasValue(one, wanted))
  );
}

export function textOf(bytes: unknown): string {
  return (bytes as Buffer).toString("utf8");
}

function sentence(text: unknown, texts: KnownTexts): string | null {
  return typeof text === "string" ? texts.without(text) : null;
}
