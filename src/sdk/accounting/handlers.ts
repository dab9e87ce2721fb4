import type { Booking } from "../booking.ts";
import type { BookingEvent, BookingEventType } from "../booking-event.ts";
import type { EffectResult, HandlerContext } from "../context.ts";
import type { Handler, HandlerResult, Integration } from "../integration.ts";
import { guestKeysOf } from "../people/guest-keys.ts";
import { isBlank } from "../people/person-keys.ts";
import { type Issued, issuedIn } from "./issued.ts";
import { type Facts, nextDocuments } from "./next-documents.ts";
import { isNoted, type NotedDocument } from "./noted.ts";
import { partyOf } from "./party.ts";
import { periodOf } from "./periods.ts";
import { post, sentenceOf } from "./posting.ts";
import type { AccountingSettings } from "./settings.ts";
import { statements } from "./statements.ts";
import type { AccountingTarget, Party } from "./target.ts";
import { dailyTakings } from "./daily-takings.ts";
import { titleOf } from "../title.ts";

/** Everything that changes what a booking costs, or what was paid for it. */
const TYPES: readonly BookingEventType[] = [
  "booking.quoted",
  "booking.requested",
  "booking.confirmed",
  "booking.unconfirmed",
  "booking.modified",
  "booking.cancelled",
  "booking.expired",
  "booking.waitlisted",
  "booking.checked_in",
  "booking.checked_out",
  "booking.no_show",
  "booking.removed",
  "payment.received",
  "payment.removed",
  "payment.refunded",
];

export const DOCUMENTS = "documents";

/** What an accounting integration consists of, whatever it posts to. */
export function accountingParts<Config extends AccountingSettings>(
  target: AccountingTarget<Config>,
): Required<Pick<Integration<Config>, "handlers" | "schedules" | "books">> {
  return {
    books: target,
    handlers: [documentsHandler(target)],
    schedules: [
      {
        id: "service-date",
        relativeTo: "service day at 00:30",
        offset: "0d",
        // Documents are due also after weeks in which nothing ran.
        within: "60d",
        statuses: ["confirmed", "checked_in", "checked_out", "no_show"],
        handledBy: DOCUMENTS,
      },
      statements(target),
      dailyTakings(target),
    ],
  };
}

function documentsHandler<Config extends AccountingSettings>(
  target: AccountingTarget<Config>,
): Handler<Config> {
  return {
    id: DOCUMENTS,
    kind: "mirror",
    on: TYPES,
    // One act of the office makes several calls; what they come to is posted.
    settle: "5s",
    // One process posts for all, so as many as the target takes run there.
    concurrency: target.atOnce ?? 1,
    limit: {
      atOnce: target.atOnce ?? 1,
      ...(target.perMinute !== undefined && { perMinute: target.perMinute }),
    },
    async handle(event, context) {
      const { ledger, current } = context;
      if (!current) return { skipped: "the booking has been erased" };
      const issued = issuedIn(ledger);
      const posted = new Map(issued.map((one) => [one.document.key, one.externalId]));
      const lane: Lane<Config> = { target, context, posted, booking: current };
      // What was begun is made as it was begun; only then is looked at what has changed since.
      const begun = issued.filter(({ isOpen }) => isOpen).map(({ document }) => document);
      for (const document of begun) await put(lane, document, true);
      const next = nextDocuments(await factsOf(event, context, issued, current));
      for (const document of next) await put(lane, document, false);
      return resultOf([...begun, ...next]);
    },
  };
}

async function factsOf<Config extends AccountingSettings>(
  { origin, ordinal, payment }: BookingEvent,
  context: HandlerContext<Config>,
  issued: readonly Issued[],
  booking: Booking,
): Promise<Facts> {
  const { config, clock } = context;
  // A booking made before these books were kept: seen from its first event on it is followed as any
  // other; seen later for the first time, whatever did the books until then has had it.
  const isOlder =
    issued.length === 0 && Date.parse(booking.madeAt ?? "") < (await context.firstUsedAt());
  return {
    booking,
    issued: issued.map(({ document }) => document),
    settings: config,
    nowMs: clock.now(),
    isAdopted: origin === "adopted" || (isOlder && ordinal > 1),
    isFollowed: isOlder && ordinal === 1,
    ...(payment && { payment }),
  };
}

interface Lane<Config> {
  target: AccountingTarget<Config>;
  context: HandlerContext<Config>;
  booking: Booking;
  /** The target's ids by key. */
  posted: Map<string, string | undefined>;
}

async function put<Config>(
  { target, context, booking, posted }: Lane<Config>,
  document: Issued["document"],
  mayExist: boolean,
): Promise<void> {
  const { connection, reference } = booking;
  const party = partyFor(document.party, booking);
  const posting = {
    ...{ number: `${connection}/${reference}/${document.key}`, party },
    ...(isKnownGuest(party, booking) && {
      guest: async () => guestKeysOf(await context.people.of(booking)),
    }),
    title: titleOf(booking),
    booking,
    externalIdOf: (key: string) => posted.get(key),
  };
  const result = isNoted(document)
    ? await note(context, document)
    : await post(target, context, { ...posting, document, mayExist });
  posted.set(document.key, result.externalId);
}

/** Keeps a document for later, without a word to the target. */
async function note<Config>(
  { effect }: HandlerContext<Config>,
  document: NotedDocument,
): Promise<EffectResult> {
  const data = { document: JSON.stringify(document) };
  const summary = `Noted ${sentenceOf(document)}`;
  return effect(document.key, {
    plan: `note ${sentenceOf(document)}`,
    data,
    intent: data,
    period: periodOf(document),
    find: () => Promise.resolve({ summary, data }),
    perform: () => Promise.resolve({ summary, data }),
  });
}

/** A booking that has changed hands, or whose guest was erased, has documents of whoever had it before. */
function partyFor(code: string, booking: Booking): Party {
  const party = partyOf(booking);
  const isTold = party.kind === "agent" || booking.flags?.erased !== true;
  return party.code === code && isTold
    ? party
    : { code, kind: party.kind, name: code, isKnown: true };
}

function isKnownGuest({ kind, isKnown = false }: Party, booking: Booking): boolean {
  return kind === "guest" && !isKnown && !isBlank(booking);
}

function resultOf(documents: readonly Issued["document"][]): HandlerResult {
  if (documents.length === 0) return { skipped: "the books show the booking as it is" };
  return { done: documents.map(sentenceOf).join("; ").slice(0, 400) };
}
