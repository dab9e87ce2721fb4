import { periodOf } from "../sdk/accounting/periods.ts";
import { issuedIn } from "../sdk/accounting/issued.ts";
import { serviceDayOf } from "../sdk/accounting/sale.ts";
import type { BookingDocuments } from "../dispatch/booking-documents.ts";
import type { OAuthTokens } from "../sdk/oauth.ts";
import type { Booking } from "../sdk/booking.ts";
import type { HttpClient, LedgerEntry, Log } from "../sdk/context.ts";
import { findBookings } from "../queries/bookings.ts";
import { TargetReader } from "./ask-target.ts";
import type { BooksInstance } from "./books-instances.ts";
import {
  byDocuments,
  byJobs,
  byServiceDay,
  isFiledIn,
  type Trace,
  type Wanted,
  withoutDay,
} from "./candidates.ts";
import { grouped } from "./grouped.ts";
import { scopeOf, unsettledJobs } from "./lanes.ts";
import {
  type AccountStores,
  type BookingAccount,
  readAccounts,
  readLedgers,
} from "./read-accounts.ts";
import type { BooksRow } from "./row.ts";
import { rowOf } from "./row-of.ts";

export interface BooksParts extends AccountStores {
  log: Log;
  http: HttpClient;
  dataFolder: string;
  tokensOf(instance: string): OAuthTokens;
  documents: BookingDocuments;
}

export interface CheckOptions {
  /** Only our own records are compared. */
  isOffline?: boolean;
  signal: AbortSignal;
}

/** Compares bookings, our ledger and the books themselves. Changes nothing. */
export class BooksCheck {
  readonly #parts: BooksParts;

  constructor(parts: BooksParts) {
    this.#parts = parts;
  }

  /**
   * Every booking of the time once, in batches: by the day of its service, by its documents, and
   * whatever the time those whose work is not over.
   *
   * @throws what the target throws when it cannot be asked.
   */
  async *rows(
    instance: BooksInstance,
    wanted: Wanted,
    { isOffline = false, signal }: CheckOptions,
  ): AsyncGenerator<BooksRow[]> {
    const target = isOffline ? undefined : this.#readerOf(instance, signal);
    for await (const accounts of this.#accounts(instance, wanted)) {
      signal.throwIfAborted();
      const apart = await target?.differences(accounts);
      yield accounts.map((one) => {
        const row = rowOf(instance, one);
        const there = apart?.get(scopeOf(one.booking)) ?? [];
        return { ...row, differences: [...row.differences, ...there] };
      });
    }
  }

  async *#accounts(instance: BooksInstance, wanted: Wanted): AsyncGenerator<BookingAccount[]> {
    const { db } = this.#parts;
    const isWithin = (booking: Booking) => isServedIn(booking, wanted);
    for await (const bookings of byServiceDay(db, wanted)) {
      yield readAccounts(this.#parts, instance, bookings);
    }
    for await (const bookings of withoutDay(db, wanted)) {
      yield readAccounts(this.#parts, instance, bookings.filter(isWithin));
    }
    for await (const traces of byDocuments(db, instance.handler, wanted)) {
      yield this.#fromTraces(instance, wanted, traces, (trace, entries) => {
        const first = entries.find((entry) => isIn(entry, wanted));
        return first?.key === trace.key;
      });
    }
    for await (const traces of byJobs(db, instance.handler)) {
      const scopes = traces.map(({ connection, subject }) => `${connection}/${subject}`);
      const jobs = await unsettledJobs(db, instance.handler, scopes);
      yield this.#fromTraces(instance, wanted, traces, (trace, entries) => {
        const [first] = jobs.get(`${trace.connection}/${trace.subject}`) ?? [];
        const isSeen = entries.some((entry) => isIn(entry, wanted));
        return !isSeen && first?.position === trace.position;
      });
    }
  }

  /** Bookings that were come upon by a trace, but for those that have been looked at already. */
  async #fromTraces(
    instance: BooksInstance,
    wanted: Wanted,
    traces: readonly Trace[],
    isFirst: (trace: Trace, entries: readonly LedgerEntry[]) => boolean,
  ): Promise<BookingAccount[]> {
    const bookings = await this.#bookingsAt(traces, wanted);
    const ledgers = await readLedgers(this.#parts, instance, [...bookings.values()]);
    const meant = traces.flatMap((trace) => {
      const scope = `${trace.connection}/${trace.subject}`;
      const booking = bookings.get(scope);
      return booking && isFirst(trace, ledgers.get(scope) ?? []) ? [booking] : [];
    });
    return readAccounts(this.#parts, instance, meant, ledgers);
  }

  async #bookingsAt(traces: readonly Trace[], wanted: Wanted): Promise<Map<string, Booking>> {
    const found = new Map<string, Booking>();
    for (const [connection, some] of grouped(traces, (trace) => trace.connection)) {
      if (wanted.connections && !wanted.connections.includes(connection)) continue;
      const references = [...new Set(some.map(({ subject }) => subject))];
      const bookings = await findBookings(this.#parts.db, connection, references);
      for (const booking of bookings) {
        if (!isServedIn(booking, wanted)) found.set(scopeOf(booking), booking);
      }
    }
    return found;
  }

  #readerOf(instance: BooksInstance, signal: AbortSignal): TargetReader {
    const { log, http, clock, dataFolder, effects, documents } = this.#parts;
    return new TargetReader(instance, {
      ...{ config: instance.settings, log, http, clock, dataFolder, signal },
      tokens: this.#parts.tokensOf(instance.id),
      documentOf: (booking, id) => documents.make(booking, id),
      entriesOf: (period) => effects.inPeriod(instance.handlers, period),
    });
  }
}

/** Whether the walk by day comes upon it. */
function isServedIn(booking: Booking, { since, until }: Wanted): boolean {
  const day = serviceDayOf(booking);
  return day !== undefined && day >= since && (until === undefined || day <= until);
}

function isIn(entry: LedgerEntry, wanted: Wanted): boolean {
  return issuedIn([entry]).some(({ document }) => isFiledIn(periodOf(document), wanted));
}
