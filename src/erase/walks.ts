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
}

export const EVENTS: Walk = {
  table: "events",
  columns: ["payload"],
  change: ({ payload }) => {
    const event = eventWithoutGuest(readEvent(payload as Buffer));
    return { payload: Buffer.from(JSON.stringify(event)) };
  },
};

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
    change: ({ reason, query, body }) => {
      const said = [query, body].map((bytes) => (bytes as Buffer).toString("utf8"));
      if (!said.some((text) => texts.occurIn(text))) return undefined;
      return { ...NOTHING, reason: sentence(reason, texts) };
    },
  };
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

export function summariesWithout(texts: KnownTexts): Walk {
  return {
    table: "effects",
    columns: ["summary"],
    change: ({ summary }) => ({ summary: sentence(summary, texts) }),
  };
}

/** Rows stay, since nothing may be done twice; what the books need stays in them. */
export function effectsWithout(texts: KnownTexts): Walk {
  return {
    table: "effects",
    columns: ["link", "external_id", "data"],
    change: ({ link, external_id: id, data }) => ({
      link: sentence(link, texts),
      external_id: sentence(id, texts),
      data: data === null ? null : dataWithout(data as Buffer, texts),
    }),
  };
}

function dataWithout(data: Buffer, texts: KnownTexts): Buffer {
  const value = JSON.parse(data.toString("utf8")) as unknown;
  return Buffer.from(JSON.stringify(texts.withoutIn(value)));
}

export function othersNamed(texts: KnownTexts, found: string[]): Walk {
  return {
    table: "subjects",
    columns: ["subject", "state"],
    change: ({ subject, state }) => {
      if (texts.occurIn((state as Buffer).toString("utf8"))) found.push(subject as string);
      return undefined;
    },
  };
}

function sentence(text: unknown, texts: KnownTexts): string | null {
  return typeof text === "string" ? texts.without(text) : null;
}
