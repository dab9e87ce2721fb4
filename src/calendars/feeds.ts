import { hash } from "node:crypto";

import type { Database } from "../db/database.ts";
import type { Clock, Log } from "../sdk/context.ts";
import type { Calendar } from "./calendar.ts";
import { eventsOf } from "./calendar-events.ts";
import { calendarText } from "./calendar-text.ts";

export interface FeedParts {
  db: Database;
  clock: Clock;
  log: Log;
  /** Resolves when calls that come in leave room for other work. */
  relief: () => Promise<void>;
}

/** What a program gets. */
export interface Feed {
  text: string;
  etag: string;
}

/**
 * Makes calendars as they are now. Each is made once at a time, and whoever asks meanwhile has the
 * same: a large one takes seconds, and its programs like to come all at once.
 */
export class Feeds {
  readonly #parts: FeedParts;
  readonly #making = new Map<string, Promise<Feed>>();

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  of(calendar: Calendar): Promise<Feed> {
    const { id } = calendar;
    const making =
      this.#making.get(id) ?? this.#make(calendar).finally(() => this.#making.delete(id));
    this.#making.set(id, making);
    return making;
  }

  async #make(calendar: Calendar): Promise<Feed> {
    const { db, clock, log, relief } = this.#parts;
    const { events, isCut } = await eventsOf(calendar, { db, nowMs: clock.now(), relief });
    if (isCut) {
      log.warn(
        { calendar: calendar.id },
        "a calendar is full: what is furthest from today is left out",
      );
    }
    const text = await calendarText(calendar, events, relief);
    return { text, etag: `"${hash("sha256", text, "base64url")}"` };
  }
}
