import { recordChanges } from "./changes.ts";
import type { Comparison } from "./compare-booking.ts";
import { draftEvent } from "./event-draft.ts";
import type { KnownSubject, RecordLook } from "./look.ts";
import { identityOf, isRepeat, isTraceless, remember, tracelessKey } from "./repeats.ts";
import { summarize } from "./summary.ts";

/**
 * A call about a coupon, a resource, a closure, a customer or the clock: news when the record
 * differs from the known one, or when it leaves no trace and is no repeat.
 */
export function compareRecord(known: KnownSubject, look: RecordLook, now: number): Comparison {
  const { call } = look;
  // A call that is looked at anew must not put the record back to what it was then.
  const record = call.position < known.payloadPosition ? undefined : look.record;
  const { type = "source.unknown" } = call.announcement;
  const identified = identityOf(call, "");
  const before = known.record;
  const changes = before && record ? recordChanges(before, record) : [];
  const isNewState = record !== undefined && (before === undefined || changes.length > 0);
  const isNews = isTraceless(type) ? !isRepeat(known.recent, identified) : isNewState;
  if (!isNews) {
    const verdict = { position: call.position, state: "duplicate" as const, eventIds: [] };
    return {
      after: known,
      isChanged: false,
      events: [],
      verdicts: [{ ...verdict, reason: withRemark(look, "nothing changed") }],
    };
  }

  const version = known.version + (isNewState ? 1 : 0);
  const key = isTraceless(type) ? tracelessKey(identified) : `v${version}:${type}`;
  const drafted = draftEvent({ type }, key, {
    connection: look.connection,
    subject: look.subject,
    version,
    ordinal: known.ordinal + 1,
    ...(record && { record }),
    changes,
    summary: before ? summarize(changes) : `${call.announcement.native.event}: first seen.`,
    // What a list shows for the first time was there before: no news.
    origin: look.origin === "reconciled" && !before ? "adopted" : look.origin,
    isQuiet: call.announcement.isQuiet ?? false,
    call,
    isAnnounced: true,
    now,
  });
  const verdict = { position: call.position, state: "done" as const, eventIds: [drafted.event.id] };
  return {
    after: {
      version,
      ordinal: known.ordinal + 1,
      payloadPosition: record ? call.position : known.payloadPosition,
      ...((record ?? before) && { record: record ?? before }),
      recent: remember(known.recent, [identified]),
    },
    isChanged: true,
    events: [drafted],
    verdicts: [call.remark === undefined ? verdict : { ...verdict, reason: call.remark }],
  };
}

function withRemark({ call }: RecordLook, reason: string): string {
  return call.remark === undefined ? reason : `${call.remark}; ${reason}`;
}
