import type { Evidence, KeptDelivery, KeptEvent } from "./evidence.ts";
import type { Call } from "./load.ts";
import type { Performed } from "./target.ts";

/** One line of the verdict. */
export interface Finding {
  name: string;
  count: number;
  /** Anything but nothing of this is a fault of Bellhop. */
  mustBeNone: boolean;
  /** A few of them, in words. */
  examples: readonly string[];
}

export interface Trial {
  calls: readonly Call[];
  evidence: Evidence;
  performed: readonly Performed[];
  /** Message-IDs in the order in which the mail server took the mails. */
  mails: readonly string[];
  /** Processes that ended on their own. */
  deaths: readonly string[];
  /** When the last fault was over. UTC milliseconds. */
  faultsEndedAt: number;
  /** Too short to ask that most of the work was done among the faults, also on a slow machine. */
  isShort: boolean;
}

const EXAMPLES = 8;

/** Judges a run by what the callers were told, what the store knows and what was done outside. */
export function judge(trial: Trial): Finding[] {
  return [
    ...judgeCalls(trial),
    ...judgeStates(trial),
    ...judgeEffects(trial),
    ...judgeMails(trial),
    ...judgeRest(trial),
  ];
}

export function isSound(findings: readonly Finding[]): boolean {
  return findings.every(({ count, mustBeNone }) => count === 0 || !mustBeNone);
}

function judgeCalls({ calls, evidence: { deliveries } }: Trial): Finding[] {
  const kept = new Map(deliveries.map((delivery) => [delivery.call, delivery]));
  const accepted = calls.filter(({ outcome }) => outcome === "acknowledged");
  const lost = accepted.filter(({ number }) => !kept.has(number));
  const processed = accepted.filter(({ number }) => isProcessed(kept.get(number)));
  const unknown = calls.filter(({ outcome }) => outcome === "unknown");
  const outcomes = (name: Call["outcome"]) =>
    calls.filter(({ outcome }) => outcome === name).length;
  const unknownKept = unknown.filter(({ number }) => kept.has(number));
  return [
    fact("accepted (answered 200)", accepted.length),
    fact("of unknown outcome", unknown.length),
    fact("of these kept all the same", unknownKept.length),
    fact("refused (answered, but not 200)", outcomes("refused")),
    fact("nobody there to take it", outcomes("nobody there")),
    fact("processed (of the accepted)", processed.length),
    fault("lost: accepted and not in the store", lost.map(nameOfCall)),
    fault("kept twice", repeatsOf(deliveries.map(({ call }) => `call ${call}`))),
  ];
}

function isProcessed(delivery: KeptDelivery | undefined): boolean {
  return delivery?.state === "done" || delivery?.state === "duplicate";
}

/** Whether what is known of each booking includes every call that was accepted about it. */
function judgeStates({ calls, evidence }: Trial): Finding[] {
  const known = new Map(evidence.bookings.map((one) => [place(one), one.sequence]));
  const wanted = new Map<string, number>();
  for (const { connection, reference, sequence, outcome } of calls) {
    if (connection !== "fetched" || outcome !== "acknowledged") continue;
    const key = `${connection}/${reference}`;
    wanted.set(key, Math.max(wanted.get(key) ?? 0, sequence));
  }
  const behind = [...wanted].filter(([key, sequence]) => (known.get(key) ?? 0) < sequence);
  // Where calls are all there is, the last to arrive is the state.
  const last = new Map<string, number>();
  for (const { connection, reference, sequence } of evidence.deliveries) {
    if (connection === "payload") last.set(`${connection}/${reference}`, sequence);
  }
  const other = [...last].filter(([key, sequence]) => known.get(key) !== sequence);
  return [
    fact("bookings", evidence.bookings.length),
    fault(
      "lost: the booking's state does not include it",
      [...behind, ...other].map(
        ([key, want]) => `${key}: ${known.get(key) ?? "none"}, not ${want}`,
      ),
    ),
  ];
}

function judgeEffects({ evidence, performed, faultsEndedAt, isShort }: Trial): Finding[] {
  // What is done only afterwards, in peace, proves little.
  const during = performed.filter(({ at }) => at < faultsEndedAt);
  const told = performed.filter(({ key }) => key.includes("|event:"));
  const mirrored = performed.filter(({ key }) => key.includes("|state:"));
  const toldOf = new Set(told.map(eventName));
  const events = new Set(evidence.events.map(eventName));
  const missing = [...events].filter((name) => !toldOf.has(name));
  const invented = [...toldOf].filter((name) => !events.has(name));
  const shown = new Map(mirrored.map((one) => [place(one), one.version]));
  const behind = evidence.bookings.filter((one) => shown.get(place(one)) !== one.version);
  return [
    fact("events", events.size),
    fact("effects performed", performed.length),
    fact("of these while the faults went on", during.length),
    {
      ...fault("more than half only in the peace after", []),
      mustBeNone: !isShort,
      count: 2 * during.length < performed.length ? performed.length - during.length : 0,
    },
    fault("lost: event without its effect", missing),
    fault("effect without an event", invented),
    fault(
      "lost: mirror is behind",
      behind.map((one) => `${place(one)}: ${shown.get(place(one)) ?? "none"}, not ${one.version}`),
    ),
    fault("effects twice", repeatsOf(performed.map(({ key }) => key))),
    fault(
      "out of order, by ordinal",
      stepsBack(told, ({ ordinal }) => ordinal),
    ),
    fault(
      "out of order, by version",
      stepsBack(mirrored, ({ version }) => version),
    ),
    fault("events with a gap or twice, by ordinal", gapsOf(evidence.events)),
  ];
}

/** A mail server cannot be asked: after a crash in between a mail goes out again, by setting. */
function judgeMails({ evidence: { events }, mails }: Trial): Finding[] {
  const expected = events.filter(({ type }) => type === "booking.confirmed").length;
  const sent = new Set(mails);
  const missing = Math.max(0, expected - sent.size);
  return [
    fact("mails (cannot be asked)", sent.size),
    fact("mails sent again, allowed", mails.length - sent.size),
    { ...fault("lost: mail never sent", []), count: missing },
  ];
}

function judgeRest({ evidence: { deliveries, jobs }, deaths }: Trial): Finding[] {
  const inState = (...states: string[]) => jobs.filter(({ state }) => states.includes(state));
  const waiting = deliveries.filter(({ state }) => state === "waiting" || state === "held");
  const failed = deliveries.filter(({ state }) => state === "failed");
  const words = (one: { reason: string | null; handler?: string; subject?: string | null }) =>
    `${one.handler ?? one.subject ?? ""}: ${one.reason ?? ""}`;
  return [
    fault("stuck: delivery waits or is held", waiting.map(words)),
    fault("stuck: job is ready or leased", inState("ready", "leased").map(words)),
    fault("jobs held", inState("held").map(words)),
    fault("jobs dead", inState("dead").map(words)),
    fault("deliveries failed", failed.map(words)),
    fault("processes that ended on their own", deaths),
  ];
}

function fact(name: string, count: number): Finding {
  return { name, count, mustBeNone: false, examples: [] };
}

function fault(name: string, all: readonly string[]): Finding {
  return { name, count: all.length, mustBeNone: true, examples: all.slice(0, EXAMPLES) };
}

function repeatsOf(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 1).map(([name, count]) => `${name}: ${count}`);
}

/** Where the first performance of a thing came after that of a later one of the same booking. */
function stepsBack(done: readonly Performed[], rank: (one: Performed) => number): string[] {
  const reached = new Map<string, number>();
  const seen = new Set<string>();
  return done.flatMap((one) => {
    if (seen.has(one.key)) return [];
    seen.add(one.key);
    const before = reached.get(place(one)) ?? 0;
    reached.set(place(one), Math.max(before, rank(one)));
    return rank(one) < before ? [`${one.key} after ${before}`] : [];
  });
}

function gapsOf(events: readonly KeptEvent[]): string[] {
  const ordinals = new Map<string, number[]>();
  for (const event of events) {
    ordinals.set(place(event), [...(ordinals.get(place(event)) ?? []), event.ordinal]);
  }
  return [...ordinals]
    .filter(([, list]) => list.some((ordinal, index) => ordinal !== index + 1))
    .map(([name, list]) => `${name}: ${list.join(" ")}`);
}

function place({ connection, subject }: { connection: string; subject: string }): string {
  return `${connection}/${subject}`;
}

function eventName(event: { connection: string; subject: string; ordinal: number }): string {
  return `${place(event)} event ${event.ordinal}`;
}

function nameOfCall({ number, connection, reference, sequence }: Call): string {
  return `call ${number}: ${connection}/${reference} ${sequence}`;
}
