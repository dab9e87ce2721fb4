import { AliasOverlay } from "../../../people/alias-overlay.ts";
import { Identity } from "../../../people/identity.ts";
import { PersonRegister } from "../../../people/person-register.ts";
import type { Booking } from "../../booking.ts";
import type { BookingEvent, EventOrigin } from "../../booking-event.ts";
import type { HandlerContext, HttpClient, PeriodEntry } from "../../context.ts";
import type { Handler, HandlerResult, Integration } from "../../integration.ts";
import type { OAuthTokens } from "../../oauth.ts";
import type { PersonRef } from "../../people.ts";
import {
  checkContext,
  memoryLedger,
  type MemoryLedger,
  memoryLog,
  memoryTokens,
  nothingElse,
} from "../builders.ts";

export interface CrmDeskParts<Config> {
  integration: Integration<Config>;
  config: Config;
  http: HttpClient;
  dataFolder: string;
  tokens?: OAuthTokens;
}

const INSTANCE = "crm";

/** A CRM integration at work on bookings, people and lanes that last as long as the test. */
export class CrmDesk<Config> {
  /** UTC milliseconds; moves when a test says so. */
  nowMs = Date.UTC(2026, 2, 2, 12);
  readonly #parts: CrmDeskParts<Config>;
  readonly #bookings = new Map<string, Booking>();
  readonly #ledgers = new Map<string, MemoryLedger>();
  readonly #order = { begun: 0 };
  readonly #identity: Identity;
  readonly #register: PersonRegister;

  constructor(parts: CrmDeskParts<Config>) {
    this.#parts = parts;
    this.#identity = new Identity();
    const bookings = (keys: readonly string[]) =>
      [...this.#bookings.values()].filter((one) => keys.includes(this.#identity.personKey(one)));
    this.#register = new PersonRegister(new AliasOverlay({ bookings }), this.#identity);
  }

  /** A booking has come to be so; what follows is not done yet. @returns its event. */
  note(booking: Booking, origin: EventOrigin = "notified"): BookingEvent {
    const { connection, reference: subject, version } = booking;
    this.#bookings.set(`${connection}/${subject}`, booking);
    return {
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
      ...{ actor: "unknown", isQuiet: false },
    };
  }

  /** A booking has come to be so, and every handler does what follows. @throws what they throw. */
  async see(booking: Booking, origin?: EventOrigin): Promise<void> {
    await this.handle(this.note(booking, origin));
  }

  /** Every handler hears of an event, new or old. */
  async handle(event: BookingEvent): Promise<HandlerResult[]> {
    const results: HandlerResult[] = [];
    for (const handler of this.#parts.integration.handlers ?? []) {
      const one = handler as Handler<Config>;
      results.push(await one.handle(event, this.contextOf(one, event)));
    }
    return results;
  }

  /** Who has made a booking. */
  async personOf(booking: Booking): Promise<PersonRef> {
    return this.#register.of(booking);
  }

  /** As `bellhop erase` does it. */
  async erase(person: PersonRef): Promise<HandlerResult> {
    const { people } = this.#parts.integration;
    if (!people) throw new Error("the integration keeps no people");
    return people.erase(person, this.#context(`erase|person:${person.id}`, "-", undefined));
  }

  contextOf(handler: Handler<Config>, event: BookingEvent): HandlerContext<Config> {
    const { connection, subject } = event;
    const keys = { person: (booking: Booking) => this.#identity.personKey(booking) };
    const scope = handler.scope?.(event, keys) ?? `${connection}/${subject}`;
    const current = this.#bookings.get(`${connection}/${subject}`);
    return this.#context(`${INSTANCE}/${handler.id}|${scope}`, connection, current);
  }

  #context(lane: string, connection: string, current: Booking | undefined): HandlerContext<Config> {
    const { config, http, dataFolder, tokens = memoryTokens() } = this.#parts;
    const ledger = this.#ledgers.get(lane) ?? memoryLedger(connection, this.#order);
    this.#ledgers.set(lane, ledger);
    return {
      ...checkContext(config),
      ...nothingElse,
      connection: { id: connection, name: "Fjord Walks", language: "en" },
      log: memoryLog(),
      effect: (key, steps) => ledger.effect(key, steps),
      lane,
      ledger: ledger.entries(),
      entriesOf: (period) => this.entriesOf(period),
      current,
      people: this.#register.peopleFor(current),
      ...{ http, dataFolder, tokens },
      clock: { now: () => this.nowMs },
    };
  }

  /** What has been done in a period, over all lanes. */
  async *entriesOf(period: string): AsyncGenerator<PeriodEntry> {
    const entries: PeriodEntry[] = [];
    for (const ledger of this.#ledgers.values()) {
      for await (const entry of ledger.entriesOf(period)) entries.push(entry);
    }
    yield* entries.toSorted((one, other) => one.position - other.position);
  }
}
