import { isMadeSince } from "../normalize/adoption.ts";
import { changesBetween } from "../normalize/changes.ts";
import { kindOf, newsAmong } from "../normalize/carried.ts";
import { mapFields } from "../normalize/map-fields.ts";
import { UNKNOWN_SUBJECT } from "../normalize/look.ts";
import type { BookingFetcher } from "../normalize/fetch-booking.ts";
import { stateAfter } from "../normalize/state-after.ts";
import type { Booking, BookingView } from "../sdk/booking.ts";
import type { Change } from "../sdk/booking-event.ts";
import type { Candidate, CandidateParts } from "./candidates.ts";

/** Looks at bookings without a trace, to see what would change. */
export class DryLook {
  readonly #parts: CandidateParts & { fetcher: BookingFetcher };

  constructor(parts: CandidateParts & { fetcher: BookingFetcher }) {
    this.#parts = parts;
  }

  /** Those whose look shows a difference, too, with what it shows. */
  async confirmed(candidates: readonly Candidate[], signal: AbortSignal): Promise<Candidate[]> {
    const confirmed: Candidate[] = [];
    for (const candidate of candidates) {
      const changes = await this.#changes(candidate, signal);
      if (!candidate.found || changes === undefined) continue;
      const isKnown = candidate.found.kind !== "missing";
      if (isKnown && changes.length === 0) continue;
      confirmed.push({ ...candidate, found: { ...candidate.found, changes } });
    }
    return confirmed;
  }

  /** @returns undefined for what is no difference: not there either, or only to be taken over. */
  async #changes({ notice, found }: Candidate, signal: AbortSignal): Promise<Change[] | undefined> {
    const { subject, fetch } = notice;
    if (subject.kind !== "booking" || !fetch) return [...(found?.changes ?? [])];
    const { integration } = this.#parts.connection;
    const key = integration.source?.keyOf?.(fetch) ?? "";
    const view = await this.#parts.fetcher.ask(
      key,
      async (context) => integration.source?.fetchBooking?.(subject.reference, fetch, context),
      signal,
    );
    if (!view) return found?.kind === "extra" ? [...found.changes] : undefined;
    const { madeAt } = view;
    const isOld = !isMadeSince(madeAt ? { madeAt } : {}, this.#parts.since);
    if (found?.kind === "missing" && isOld) return undefined;
    return this.#compare(subject.reference, view);
  }

  async #compare(reference: string, view: BookingView): Promise<Change[]> {
    const { connection, db, subjects, since } = this.#parts;
    const stored = await subjects.load(db.knex, connection.id, [reference]);
    const { known } = stored.get(reference) ?? { known: UNKNOWN_SUBJECT };
    if (!known.booking) return [];
    const look = {
      connection: connection.id,
      reference,
      view,
      isFetched: true,
      calls: [],
      origin: "reconciled",
      since,
      mapFields: (fields: Partial<Booking>) => mapFields(fields, connection.config.map ?? {}),
    } as const;
    const after = stateAfter(known, look);
    const changes = after ? changesBetween(known.booking, after) : [];
    return newsAmong(changes, known.carried, kindOf(true));
  }
}
