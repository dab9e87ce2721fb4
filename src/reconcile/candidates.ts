import type { Database } from "../db/database.ts";
import { failedAmong, lookedAt } from "../inbox/heard.ts";
import { recordChanges } from "../normalize/changes.ts";
import { type KnownSubject, UNKNOWN_SUBJECT } from "../normalize/look.ts";
import { mapFields } from "../normalize/map-fields.ts";
import type { SubjectStore } from "../normalize/subject-store.ts";
import { subjectName } from "../normalize/unit.ts";
import { isMadeSince } from "../normalize/adoption.ts";
import type { LoadedConnection } from "../registry/registry.ts";
import type { Booking } from "../sdk/booking.ts";
import type { SubjectRecord } from "../sdk/booking-event.ts";
import type {
  BookingList,
  DayWindow,
  ListedBooking,
  RecordList,
  SourceLists,
} from "../sdk/lists.ts";
import type { Notice } from "../sdk/source.ts";
import { type DifferenceStore, TRY_AGAIN_MS } from "./difference-store.ts";
import type { Difference, Found } from "./difference.ts";
import { hashOfListed, judgeListed, mayBeOnItsWay } from "./judge-listed.ts";
import type { Sheet } from "./read-list.ts";

/** A booking, or something else, that a look may have to put right. */
export interface Candidate {
  /** What enters the inbox. */
  notice: Notice;
  /** Absent for what is only taken over: it is no difference. */
  found?: Found;
  mayBeOnItsWay: boolean;
}

export interface CandidateParts {
  connection: LoadedConnection;
  lists: SourceLists<unknown>;
  /** Bookings made before are no news. UTC milliseconds. */
  since: number;
  db: Database;
  subjects: SubjectStore;
  differences: DifferenceStore;
}

/** Subjects that are read at once. */
const BATCH = 200;
const FEW_RECORDS = 10;

/** Finds what a sheet shows otherwise than it is known here. */
export class CandidateFinder {
  readonly #parts: CandidateParts;
  readonly #askedAt: number | undefined;

  /** @param askedAt When a person asked: what failed before is tried again. UTC milliseconds. */
  constructor(parts: CandidateParts, askedAt?: number) {
    this.#parts = parts;
    this.#askedAt = askedAt;
  }

  /**
   * What differed before and agrees now is noted so.
   *
   * @returns what may differ, and how many of the listed bookings are known.
   */
  async among(
    { id: list, others }: Pick<BookingList<unknown, never>, "id" | "others">,
    { bookings, records }: Sheet,
    now: number,
  ): Promise<{ candidates: Candidate[]; here: number }> {
    const candidates: Candidate[] = [];
    let here = 0;
    for (const batch of batches([...bookings.values()])) {
      const known = await this.#load(batch.map(({ reference }) => reference));
      const lookedAt = await this.#lookedAt(batch);
      here += batch.filter(({ reference }) => known.get(reference)?.booking).length;
      const judged = batch.flatMap((listed) => {
        const beside = known.get(listed.reference) ?? UNKNOWN_SUBJECT;
        return this.#judge(list, listed, beside, lookedAt.get(listed.reference), now);
      });
      await this.#endAgreed(batch, judged, now);
      candidates.push(...judged);
    }
    candidates.push(
      ...(await this.#amongRecords(records, (record) => others?.isGone(record) ?? false)),
    );
    return { candidates: await this.#withoutUnfounded(candidates, now), here };
  }

  /** Bookings that are known for these days, and that the source's list of them does not have. */
  async absent(
    { from, to }: DayWindow,
    { bookings }: Sheet,
    now: number,
  ): Promise<{ candidates: Candidate[]; known: number }> {
    const { db, connection } = this.#parts;
    const rows: { subject: string; status: string | null }[] = await db
      .knex("subjects")
      .whereBetween("starts_on", [from, to])
      .where({ connection: connection.id, kind: "booking" })
      .select("subject", "status");
    const known = rows.filter(({ status }) => status !== "removed");
    const removed = rows.filter(({ status }) => status === "removed");
    await this.#agree(
      removed.map(({ subject }) => subject).filter((subject) => !bookings.has(subject)),
      now,
    );
    const gone = known.map(({ subject }) => subject).filter((subject) => !bookings.has(subject));
    const candidates: Candidate[] = [];
    for (const batch of batches(gone)) {
      for (const { booking } of (await this.#load(batch)).values()) {
        if (booking) candidates.push(...this.#absentCandidate(booking));
      }
    }
    return { candidates: await this.#withoutUnfounded(candidates, now), known: known.length };
  }

  async #endAgreed(
    batch: readonly ListedBooking[],
    judged: readonly Candidate[],
    now: number,
  ): Promise<void> {
    const differing = new Set(judged.map(({ notice }) => subjectName(notice.subject)));
    const references = batch.map(({ reference }) => reference);
    await this.#agree(
      references.filter((reference) => !differing.has(reference)),
      now,
    );
  }

  async #agree(subjects: readonly string[], now: number): Promise<void> {
    const { differences, connection } = this.#parts;
    for (const batch of batches(subjects)) {
      await differences.endAgreed(connection.id, batch, now);
    }
  }

  #judge(
    list: string,
    listed: ListedBooking,
    known: KnownSubject,
    lookedAt: number | undefined,
    now: number,
  ): Candidate[] {
    const { connection, since } = this.#parts;
    const look = {
      connection: connection.id,
      reference: listed.reference,
      since,
      mapFields: (fields: Partial<Booking>) => mapFields(fields, connection.config.map ?? {}),
    };
    const judgement = judgeListed({ listed, known, lookedAt, look });
    if (judgement.kind === "same") return [];
    const changes = judgement.kind === "different" ? judgement.changes : [];
    const shown = hashOfListed([listed, known.version]);
    const found = { subject: listed.reference, kind: judgement.kind, shown, changes };
    const notice = noticeOf(list, listed.reference, { fetch: listed.fetch });
    const mayCome = mayBeOnItsWay(listed, now);
    const isOld = !known.booking && listed.view?.madeAt && !isMadeSince(viewed(listed), since);
    return [{ notice, mayBeOnItsWay: mayCome, ...(!isOld && { found }) }];
  }

  #absentCandidate(booking: Booking): Candidate[] {
    const fetch = this.#parts.lists.fetchOf(booking);
    if (!fetch) return [];
    const { reference } = booking;
    const changes = [{ path: "status", before: booking.status, after: "removed" }];
    const shown = hashOfListed(["absent", booking.version]);
    return [
      {
        // Only when the source knows it no more, at two looks, is this its state.
        notice: noticeOf("absent", reference, { fetch, view: { status: "removed" } }),
        found: { subject: reference, kind: "extra", shown, changes },
        mayBeOnItsWay: false,
      },
    ];
  }

  /** What is known of other things than bookings, and not in the source's whole list of them. */
  async goneRecords<Window>(
    list: RecordList<unknown, Window>,
    window: Window,
    { records }: Sheet,
    now: number,
  ): Promise<Candidate[]> {
    const { db, connection } = this.#parts;
    const listed = new Set(records.map(({ subject }) => subjectName(subject)));
    const rows: { subject: string }[] = await db
      .knex("subjects")
      .where({ connection: connection.id, kind: list.kind })
      .select("subject");
    const left = rows.map(({ subject }) => subject).filter((subject) => !listed.has(subject));
    // An empty list may also come from a key that may not read it.
    if (records.length === 0 && left.length > FEW_RECORDS) return [];
    const candidates: Candidate[] = [];
    for (const batch of batches(left)) {
      for (const [subject, { record }] of await this.#load(batch)) {
        if (!record || list.isGone(record)) continue;
        const id = subject.slice(list.kind.length + 1);
        const notice = list.asGone({ kind: list.kind, id, record }, window, connection.settings);
        if (!notice) continue;
        const changes = recordChanges(record, notice.record ?? {});
        const shown = hashOfListed(["gone", record]);
        const found = { subject, kind: "extra", shown, changes } as const;
        candidates.push({ notice, found, mayBeOnItsWay: false });
      }
    }
    return this.#withoutUnfounded(candidates, now);
  }

  async #amongRecords(
    records: readonly Notice[],
    isGone: (record: SubjectRecord) => boolean,
  ): Promise<Candidate[]> {
    const candidates: Candidate[] = [];
    for (const batch of batches(records)) {
      const known = await this.#load(batch.map(({ subject }) => subjectName(subject)));
      for (const notice of batch) {
        const subject = subjectName(notice.subject);
        const { record: stored } = known.get(subject) ?? UNKNOWN_SUBJECT;
        const before = stored && !isGone(stored) ? stored : undefined;
        const record = { ...before, ...notice.record };
        const changes = before ? recordChanges(before, record) : [];
        if (before && changes.length === 0) continue;
        const shown = hashOfListed(record);
        const kind = before ? "different" : "missing";
        const found = { subject, kind, shown, changes } as const;
        candidates.push({ notice: { ...notice, record }, found, mayBeOnItsWay: false });
      }
    }
    return candidates;
  }

  async #withoutUnfounded(candidates: readonly Candidate[], now: number): Promise<Candidate[]> {
    const kept: Candidate[] = [];
    for (const batch of batches(candidates)) {
      const subjects = batch.map(({ notice }) => subjectName(notice.subject));
      const { db, differences, connection } = this.#parts;
      const unfounded = await differences.unfounded(connection.id, subjects, now);
      const failed = await failedAmong(db, connection.id, subjects);
      const open = await differences.open(connection.id, subjects);
      for (const candidate of batch) {
        const { found } = candidate;
        if (!found) kept.push(candidate);
        else if (unfounded.has(`${found.subject}/${found.shown}`)) continue;
        else if (isInHand(open.get(found.subject), this.#askedAt ?? now - TRY_AGAIN_MS)) continue;
        else if (!failed.has(found.subject)) kept.push(candidate);
        else kept.push({ ...candidate, found: { ...found, cause: "failed" } });
      }
    }
    return kept;
  }

  async #load(subjects: readonly string[]): Promise<Map<string, KnownSubject>> {
    const { db, subjects: store, connection } = this.#parts;
    const stored = await store.load(db.knex, connection.id, subjects);
    return new Map([...stored].map(([subject, { known }]) => [subject, known]));
  }

  /** Asked only where rows say when something happened. */
  async #lookedAt(batch: readonly ListedBooking[]): Promise<ReadonlyMap<string, number>> {
    const dated = batch.filter(({ changedAt, payments }) => changedAt !== undefined || payments);
    if (dated.length === 0) return new Map();
    const references = dated.map(({ reference }) => reference);
    return lookedAt(this.#parts.db, this.#parts.connection.id, references);
  }
}

/** Whether what is to repair a difference is under way, or has failed since then. */
function isInHand(open: Difference | undefined, since: number): boolean {
  return open !== undefined && (open.delivery !== null || open.triedAt >= since);
}

function noticeOf(list: string, reference: string, parts: Pick<Notice, "fetch" | "view">): Notice {
  return {
    subject: { kind: "booking", reference },
    announcement: { native: { event: `list:${list}`, fields: {} } },
    ...parts,
  };
}

function viewed({ view }: ListedBooking): { madeAt?: string } {
  return view?.madeAt ? { madeAt: view.madeAt } : {};
}

function batches<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / BATCH) }, (_, index) =>
    all.slice(index * BATCH, (index + 1) * BATCH),
  );
}
