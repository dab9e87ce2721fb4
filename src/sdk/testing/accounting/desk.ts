import type { AccountingSettings } from "../../accounting/settings.ts";
import type { Booking } from "../../booking.ts";
import type { AnyEvent, EventOrigin, EventPayment } from "../../booking-event.ts";
import type { HttpClient, PeriodEntry, ScheduleContext } from "../../context.ts";
import type { Integration } from "../../integration.ts";
import type { OAuthTokens } from "../../oauth.ts";
import { isClockSchedule } from "../../schedule.ts";
import {
  memoryLedger,
  type MemoryLedger,
  memoryLog,
  memoryTokens,
  nothingElse,
} from "../builders.ts";

/** One thing that is known of a booking, and when. */
export interface Seen {
  booking: Booking;
  origin?: EventOrigin;
  payment?: EventPayment;
}

export interface DeskParts<Config> {
  integration: Integration<Config>;
  config: Config;
  http: HttpClient;
  dataFolder: string;
  tokens?: OAuthTokens;
}

/** An accounting integration at work on lanes that last as long as the test. */
export class AccountingDesk<Config extends AccountingSettings> {
  /** UTC milliseconds; moves when a test says so. */
  nowMs = 0;
  readonly #parts: DeskParts<Config>;
  readonly #lanes = new Map<string, MemoryLedger>();

  constructor(parts: DeskParts<Config>) {
    this.#parts = parts;
  }

  /** A job for a booking that has come to be so. @throws what the handler throws. */
  async see({ booking, origin = "notified", payment }: Seen): Promise<void> {
    const [handler] = this.#parts.integration.handlers ?? [];
    if (!handler) throw new Error("the integration has no handler");
    const { connection, reference: subject, version } = booking;
    const event = {
      ...{
        id: `event-${version}`,
        type: "booking.modified",
        connection,
        subject,
        version,
        booking,
      },
      ...{ ordinal: version, time: new Date(this.nowMs).toISOString(), origin },
      ...{ changes: [], summary: "", custom: {}, native: { event: "test", fields: {} } },
      ...{ actor: "unknown", isQuiet: false, ...(payment && { payment }) },
    } as unknown as AnyEvent;
    const context = this.#context(`${connection}/${subject}`, connection, booking);
    await handler.handle(event, context);
  }

  /** A run of work by the clock. @param id `statements` */
  async tick(id: string): Promise<void> {
    const schedule = this.#parts.integration.schedules?.find((one) => one.id === id);
    if (!schedule || !isClockSchedule(schedule)) throw new Error(`no schedule ${id}`);
    const window = { since: this.nowMs - 86_400_000, until: this.nowMs };
    await schedule.handle(window, this.#context(`- ${id}`, "-", undefined));
  }

  #context(
    lane: string,
    connection: string,
    current: Booking | undefined,
  ): ScheduleContext<Config> {
    const { config, http, dataFolder, tokens = memoryTokens() } = this.#parts;
    const unused = () => Promise.reject(new Error("not part of this test"));
    const ledger = this.#lanes.get(lane) ?? memoryLedger(connection);
    this.#lanes.set(lane, ledger);
    return {
      ...nothingElse,
      config,
      connection: { id: connection, name: "Fjord Walks", language: "en" },
      log: memoryLog(),
      effect: (key, steps) => ledger.effect(key, { ...steps }),
      ledger: ledger.entries(),
      entriesOf: (period) => this.entriesOf(period),
      current,
      mail: {
        ...{ isRehearsal: false, office: undefined },
        ...{ send: unused, sendToOffice: unused, find: unused },
      },
      pdf: { render: unused },
      templates: { render: unused, texts: unused },
      http,
      clock: { now: () => this.nowMs },
      dataFolder,
      tokens,
      activity: unused,
      signal: new AbortController().signal,
    };
  }

  /** What has been done in a period, over all bookings. */
  async *entriesOf(period: string): AsyncGenerator<PeriodEntry> {
    for (const ledger of this.#lanes.values()) yield* ledger.entriesOf(period);
  }
}
