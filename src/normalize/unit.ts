import type { WaitingDelivery } from "../inbox/inbox-store.ts";
import type { Notice, NoticeSubject } from "../sdk/source.ts";
import { hashOfCall } from "./event-draft.ts";
import type { Call } from "./look.ts";
import { hasLongNumber, maskCards, maskCardsIn } from "./mask-cards.ts";
import { shortKey } from "./short-key.ts";

/** One delivery on its way through the comparison. */
export interface Unit {
  delivery: WaitingDelivery;
  parts: readonly UnitPart[];
  /** The raw body with card numbers masked, when there were any. */
  maskedBody?: Buffer;
}

/** What a delivery says about one subject. */
export interface UnitPart {
  subject: string;
  notice: Notice;
  call: Call;
}

export function unitOf(delivery: WaitingDelivery, notices: readonly Notice[]): Unit {
  const mayHoldCard =
    hasLongNumber(delivery.query) || hasLongNumber(delivery.body.toString("latin1"));
  if (!mayHoldCard) return { delivery, parts: notices.map((notice) => partOf(delivery, notice)) };
  const parts = notices.map((notice) => partOf(delivery, maskCardsIn(notice)));
  const maskedBody = maskBody(delivery.body);
  return { delivery, parts, ...(maskedBody && { maskedBody }) };
}

/** The parts of a unit share its queue: that of the first. Most deliveries speak of one subject. */
export function queueOf({ parts }: Unit): string {
  return parts[0]?.subject ?? "";
}

function partOf(delivery: WaitingDelivery, notice: Notice): UnitPart {
  const call: Call = {
    position: delivery.position,
    deliveryId: delivery.id,
    receivedAt: delivery.receivedAt,
    announcement: notice.announcement,
    hash: hashOfCall(notice.announcement),
    looks: delivery.looks,
    ...(notice.remark !== undefined && { remark: notice.remark }),
  };
  return { subject: subjectName(notice.subject), notice, call };
}

/** `1201`, `coupon:GIFT-7Q2X`, `clock` */
export function subjectName(subject: NoticeSubject): string {
  if (subject.kind === "clock") return "clock";
  return shortKey(subject.kind === "booking" ? subject.reference : `${subject.kind}:${subject.id}`);
}

function maskBody(body: Buffer): Buffer | undefined {
  const text = body.toString("latin1");
  const masked = maskCards(text);
  return masked === text ? undefined : Buffer.from(masked, "latin1");
}
