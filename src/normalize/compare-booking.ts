import type { Booking } from "../sdk/booking.ts";
import type { Change } from "../sdk/booking-event.ts";
import { localText } from "../sdk/time.ts";
import { type Carried, carriedWith, kindOf, newsAmong } from "./carried.ts";
import { changesBetween } from "./changes.ts";
import { BookingEvents } from "./booking-events.ts";
import type { DraftEvent } from "./event-draft.ts";
import { adoptedIfOld, isMadeSince } from "./adoption.ts";
import { firstSight, isFirstSight, wasToldAtFirst } from "./first-sight.ts";
import type { BookingLook, Call, KnownSubject, RecentCall, Verdict } from "./look.ts";
import { hasPayment, newestPayment } from "./payment-changes.ts";
import {
  changeAt,
  type ChangeKind,
  forgetWithheld,
  hasChangedAround,
  identityOf,
  isRepeat,
  isTraceless,
  isWithheld,
  remember,
  tracelessKey,
  withheldStep,
} from "./repeats.ts";
import { isOlderState, newestPosition, withoutStalePayload } from "./stale-payload.ts";
import { stateAfter } from "./state-after.ts";
import { isSameEvent, namedAs, type StateEvent, stateEvents } from "./state-events.ts";
import { type Sight, sightOf, stepsBetween } from "./steps.ts";
import { isOvertaken, isUnseenEnding, MAX_LOOKS } from "./unseen-ending.ts";

export interface Comparison {
  after: KnownSubject;
  /** False when nothing about the subject needs to be written. */
  isChanged: boolean;
  events: readonly DraftEvent[];
  verdicts: readonly Verdict[];
}

/**
 * Finds out what one look at a booking means: which events happened, announced or not, and how
 * each call ends. Pure: the same knowledge and the same look give the same answer.
 */
export function compareBooking(known: KnownSubject, seen: BookingLook, now: number): Comparison {
  const look = adoptedIfOld(known, withoutStalePayload(known, seen));
  if (known.booking?.status === "removed" && !look.isFetched) {
    return everyCall(known, look, "duplicate", "the booking has been removed");
  }
  if (isOlderState(known, look)) {
    return everyCall(known, look, "again", "the source still shows an earlier state");
  }
  const after = stateAfter(known, look);
  if (after && look.isFetched && look.calls.some((call) => isUnseenEnding(call, after, look))) {
    // A guest whose cancellation is only a moment away must not get a confirmation first.
    return everyCall(known, look, "again", "the source does not show the cancellation yet");
  }
  return new BookingComparison(known, look, after, now).run();
}

function everyCall(
  known: KnownSubject,
  { calls }: BookingLook,
  state: Verdict["state"],
  reason: string,
): Comparison {
  const verdicts = calls.map(({ position }) => ({ position, state, reason, eventIds: [] }));
  return { after: known, isChanged: false, events: [], verdicts };
}

class BookingComparison {
  readonly #known: KnownSubject;
  readonly #look: BookingLook;
  readonly #after: Booking | undefined;
  readonly #changes: Change[];
  readonly #carried: Carried;
  readonly #events: BookingEvents;
  readonly #remembered: RecentCall[] = [];
  readonly #hasMovedMoney: boolean;
  /** State events that no call has announced so far. */
  #unclaimed: StateEvent[];

  constructor(known: KnownSubject, look: BookingLook, after: Booking | undefined, now: number) {
    const { booking: before } = known;
    this.#known = known;
    this.#look = look;
    const differences = before && after ? changesBetween(before, after) : [];
    this.#changes = newsAmong(differences, known.carried, kindOf(look.isFetched));
    this.#carried = carriedWith(known, look);
    const version = (before?.version ?? 1) + (differences.length > 0 ? 1 : 0);
    this.#after = after && { ...after, version };
    this.#events = new BookingEvents({
      known,
      look,
      after: this.#after,
      changes: this.#changes,
      now,
    });
    this.#unclaimed = this.#stateEvents();
    this.#hasMovedMoney = this.#unclaimed.some(({ type }) => type.startsWith("payment."));
  }

  run(): Comparison {
    const { calls } = this.#look;
    const claims = new Map(calls.map((call) => [call, this.#claim(call)]));
    this.#addStateEvents(claims);
    const verdicts = calls.map((call) => this.#judge(call, claims.get(call)));
    const isSeen = this.#after !== undefined && this.#known.booking === undefined;
    return {
      after: this.#knownAfter(),
      isChanged: isSeen || this.#hasLearned() || this.#events.count > 0,
      events: this.#events.inOrder(),
      verdicts,
    };
  }

  #stateEvents(): StateEvent[] {
    const [before, after] = [this.#known.booking, this.#after];
    if (!after) return [];
    if (before) return stateEvents(before, after, this.#changes);
    return stepsBetween(undefined, after.status).map((type) => ({ type }));
  }

  /** Takes the state event that a call announces, so that the event is told as announced. */
  #claim({ announcement: { type } }: Call): StateEvent | undefined {
    const index = this.#unclaimed.findIndex((event) => isSameEvent(event.type, type));
    const [event] = index === -1 ? [] : this.#unclaimed.splice(index, 1);
    return event && type ? namedAs(event, type) : undefined;
  }

  /**
   * Tells the claimed events as announced and the others as derived. Steps of a booking made
   * before Bellhop listened are no news when nobody announced them: they are withheld.
   */
  #addStateEvents(claims: ReadonlyMap<Call, StateEvent | undefined>): void {
    for (const [call, event] of claims) if (event) this.#events.add(event, call, true);
    const { origin, since, calls } = this.#look;
    const isNews = this.#known.booking !== undefined || isMadeSince(this.#after, since);
    const [cause] = calls;
    for (const event of this.#unclaimed) {
      if (isNews || origin === "adopted") this.#events.add(event, cause, false);
      if (!isNews && cause) this.#remembered.push(withheldStep(event.type, cause.receivedAt));
    }
  }

  #judge(call: Call, claimed: StateEvent | undefined): Verdict {
    const { type, leftOut } = call.announcement;
    if (leftOut !== undefined) return this.#verdict(call, "done", leftOut);
    if (claimed) return this.#done(call);
    if (type === undefined) return this.#nothingNew(call);
    if (isTraceless(type)) return this.#judgeTraceless(call);
    if (isRepeat([...this.#known.recent, ...this.#remembered], identity(call))) {
      return this.#duplicate(call, "the same call came a moment ago");
    }
    const sight = this.#sight(call);
    if (this.#isFirstNews(call, type, sight)) {
      this.#events.add(this.#firstEvent(type), call, true);
      return this.#done(call);
    }
    if (sight === "shown" && this.#isAnnouncedLate(type, call)) {
      this.#events.addLate({ type }, call);
      return this.#done(call);
    }
    if (sight === "shown") return this.#duplicate(call, "the booking shows this already");
    if (sight === "passed") return this.#duplicate(call, "overtaken: the booking has moved on");
    const kind = type.startsWith("payment.") ? "payment" : "other";
    if (sight === undefined && this.#hasChanged(kind)) return this.#done(call);
    if (sight === undefined && hasChangedAround(this.#known.recent, kind, call.receivedAt)) {
      return this.#duplicate(call, "the booking shows this already");
    }
    if (this.#look.isFetched && call.looks < MAX_LOOKS) return this.#again(call);
    if (sight === undefined) return this.#nothingNew(call);
    return this.#done(call, `the booking says ${this.#after?.status ?? "nothing"}`);
  }

  /** Events that only the call tells of; a repeat within a short time, or of a tick, is none. */
  #judgeTraceless(call: Call): Verdict {
    const identified = identityOf(call, this.#referenceMoment(call));
    if (isRepeat([...this.#known.recent, ...this.#remembered], identified)) {
      return this.#duplicate(call, "the same call came before");
    }
    const { type } = call.announcement;
    if (type) this.#events.addTraceless({ type }, call, tracelessKey(identified));
    this.#remembered.push(identified);
    return this.#done(call);
  }

  #referenceMoment({ announcement: { timer } }: Call): string {
    const booking = this.#after;
    if (timer?.relativeTo === "start") return booking?.start ? localText(booking.start) : "";
    if (timer?.relativeTo === "end") return booking?.end ? localText(booking.end) : "";
    return booking?.madeAt ?? "";
  }

  /** Undefined for announcements that are no matter of status. */
  #sight(call: Call): Sight | undefined {
    const after = this.#after;
    const { type } = call.announcement;
    if (
      type === undefined ||
      !after ||
      !type.startsWith("booking.") ||
      type === "booking.modified"
    ) {
      return undefined;
    }
    const sight = sightOf(type, after);
    return sight === "missing" && isOvertaken(call, after, this.#look, this.#known)
      ? "passed"
      : sight;
  }

  /**
   * The first calls about an unknown booking are genuine news. A payload is told as it came; of a
   * fetched state only what it shows, so that the order of calls makes no difference.
   */
  #isFirstNews(call: Call, type: string, sight: Sight | undefined): boolean {
    if (this.#changes.length > 0 || !isFirstSight(this.#known, this.#look, call)) return false;
    if (this.#events.has(type) || wasToldAtFirst(this.#known, type)) return false;
    // A payment that a fetched state does not show will be seen at the next look.
    const isUnseen = this.#look.isFetched && !hasPayment(this.#after);
    if (type === "payment.received" && isUnseen) return false;
    return sight === undefined || sight === "shown" || !this.#look.isFetched;
  }

  /** A confirmation is announced after the payment that led to it: the state was seen before. */
  #isAnnouncedLate(type: string, { receivedAt }: Call): boolean {
    return !this.#events.has(type) && isWithheld(this.#known.recent, type, receivedAt);
  }

  #firstEvent(type: StateEvent["type"]): StateEvent {
    const payment = type === "payment.received" && this.#after && newestPayment(this.#after);
    return payment ? { type, payment } : { type };
  }

  #knownAfter(): KnownSubject {
    const { version, ordinal, payloadPosition, recent } = this.#known;
    const isPayload = !this.#look.isFetched && this.#look.view !== undefined;
    const isNew = this.#known.booking === undefined && this.#after !== undefined;
    const newest = Math.max(...this.#look.calls.map(({ receivedAt }) => receivedAt));
    const kinds = (["payment", "other"] as const).filter((kind) =>
      isNew ? kind === "other" || hasPayment(this.#after) : this.#hasChanged(kind),
    );
    if (Number.isFinite(newest)) {
      this.#remembered.push(...kinds.map((kind) => changeAt(kind, newest)));
      if (version < 2 && this.#changes.length === 0) {
        this.#remembered.push(...firstSight(this.#events, isNew, newest));
      }
    }
    return {
      version: this.#after?.version ?? version,
      ordinal: ordinal + this.#events.count,
      payloadPosition: isPayload ? newestPosition(this.#look) : payloadPosition,
      ...(this.#after && { booking: this.#after, carried: this.#carried }),
      recent: remember(this.#withoutTold(recent), this.#remembered),
    };
  }

  /** Whether there is something new to store, news or not. */
  #hasLearned(): boolean {
    const { booking, carried } = this.#known;
    // That the source has saved the booking again is no news, but the next list shows it, too.
    const isSavedAgain = this.#after?.updatedAt !== booking?.updatedAt;
    return this.#after?.version !== booking?.version || this.#carried !== carried || isSavedAgain;
  }

  #hasChanged(kind: ChangeKind): boolean {
    return kind === "payment" ? this.#hasMovedMoney : this.#changes.length > 0;
  }

  #withoutTold(recent: readonly RecentCall[]): readonly RecentCall[] {
    const hasMoved = this.#changes.some(({ path }) => path === "status");
    return forgetWithheld(recent, (type) => hasMoved || this.#events.has(type));
  }

  #done(call: Call, reason?: string): Verdict {
    if (!isTraceless(call.announcement.type ?? "")) this.#remembered.push(identity(call));
    return this.#verdict(call, "done", reason);
  }

  #nothingNew(call: Call): Verdict {
    return this.#duplicate(call, "nothing changed");
  }

  /** What led to an event is none, even where its own announcement was known. */
  #duplicate(call: Call, reason: string): Verdict {
    return this.#events.idsOf(call).length > 0
      ? this.#verdict(call, "done")
      : this.#verdict(call, "duplicate", reason);
  }

  #again(call: Call): Verdict {
    return this.#verdict(call, "again", "the source does not show this yet");
  }

  #verdict(call: Call, state: Verdict["state"], reason?: string): Verdict {
    const words = [call.remark, reason].filter((part) => part !== undefined).join("; ");
    const eventIds = this.#events.idsOf(call);
    return { position: call.position, state, eventIds, ...(words !== "" && { reason: words }) };
  }
}

function identity({ hash, receivedAt }: Call): RecentCall {
  return { hash, at: receivedAt };
}
