/** One way to break a promise: a change of the source, and the tests that must notice. */
export interface Mutant {
  name: string;
  file: string;
  search: string;
  replace: string;
  /** The test file, and what the titles in it must match. */
  test: string;
  titles: string;
}

const SQLITE = "on SQLite";
const ORACLE = "test/schedule/moments-oracle.test.ts";
const RECONCILE = "test/reconcile/reconciler.test.ts";

/** What the receiver and the worker must never do. Search texts are short, to outlive other changes. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "acknowledge before commit",
    file: "src/receive/hook-receiver.ts",
    search: "  inbox.add(delivery, (error) => {",
    replace:
      '  response.writeHead(200, STORED).end("ok");\n' +
      "  inbox.add(delivery, (error) => {\n    if (response.headersSent) return;",
    test: "test/receive/hook-receiver.test.ts",
    titles: `${SQLITE} a store that cannot write is answered 503`,
  },
  {
    name: "check-then-insert race: two workers take one lane",
    file: "src/dispatch/lane-store.ts",
    search: "fence: { fence: lane.fence },",
    replace: "",
    test: "test/dispatch/worker.test.ts",
    titles: `${SQLITE} two processes that lease the same lane`,
  },
  {
    name: "check-then-insert race: two processes write one booking",
    file: "src/normalize/subject-store.ts",
    search: "values, fence: { version, ordinal } }",
    replace: "values }",
    test: "test/normalize/two-processes.test.ts",
    titles: "on MariaDB two changes of a booking",
  },
  {
    name: "crash after effect before settling does it twice",
    file: "src/effects/perform-effect.ts",
    search: 'if (before?.state === "started") {',
    replace: "if (before === null) {",
    test: "test/effects/perform-effect.test.ts",
    titles: `${SQLITE} after a crash between call and commit`,
  },
  {
    name: "no ledger record",
    file: "src/effects/perform-effect.ts",
    search: "const before = await store.start(",
    replace: "const before = undefined as LedgerEntry | undefined;\n  void (",
    test: "test/effects/perform-effect.test.ts",
    titles: `${SQLITE} an effect is done once`,
  },
  {
    name: "order assumed: an old payload puts the booking back",
    file: "src/normalize/stale-payload.ts",
    search: "newestPosition(look) < payloadPosition",
    replace: "newestPosition(look) < 0",
    test: "test/normalize/compare-properties.test.ts",
    titles: "what is looked at anew after later calls",
  },
  {
    name: "order assumed: any job of a lane may run",
    file: "src/dispatch/lane-store.ts",
    search: "MIN(position) AS head",
    replace: "MAX(position) AS head",
    test: "test/dispatch/worker.test.ts",
    titles: `${SQLITE} the jobs of a booking run in the order`,
  },
  {
    name: "secret in a log",
    file: "src/receive/hook-receiver.ts",
    search: 'log.error({ connection, error }, "could not store',
    replace: 'log.error({ connection, error, url: request.url }, "could not store',
    test: "test/receive/hook-receiver.test.ts",
    titles: `${SQLITE} a store that cannot write is answered 503`,
  },
  {
    name: "side effect before the duplicate check",
    file: "src/effects/perform-effect.ts",
    search: "  const before = await store.start(",
    replace:
      '  await steps.perform([owner.handler, owner.scope, key].join("|"));\n' +
      "  const before = await store.start(",
    test: "test/effects/perform-effect.test.ts",
    titles: `${SQLITE} an effect is done once`,
  },
  {
    name: "parse before the size check",
    file: "src/receive/hook-receiver.ts",
    search: "    if (bytes <= maxBytes) {",
    replace: "    if (bytes <= Infinity) {",
    test: "test/receive/hook-receiver.test.ts",
    titles: `${SQLITE} a body that grows too large is refused`,
  },
  {
    name: "late worker settles",
    file: "src/dispatch/settle-store.ts",
    search: "fence: { token: job.token },",
    replace: "",
    test: "test/dispatch/worker.test.ts",
    titles: `${SQLITE} a late worker whose lease is lost`,
  },
  {
    name: "a list is believed: what it leaves out is removed without a second look",
    file: "src/normalize/fetch-end.ts",
    search: "delivery.looks === 0",
    replace: "delivery.looks < 0",
    test: RECONCILE,
    titles: `${SQLITE} a booking that the source has no more counts as removed after a second look`,
  },
  {
    name: "an account that is not paid for removes every booking",
    file: "src/reconcile/comparer.ts",
    search: "candidates.length > Math.max(FEW_ABSENT, known * ABSENT_SHARE)",
    replace: "candidates.length > known",
    test: RECONCILE,
    titles: `${SQLITE} a source that suddenly shows next to nothing`,
  },
  {
    name: "guests hear of bookings from before",
    file: "src/normalize/adoption.ts",
    search: 'look : { ...look, origin: "adopted" }',
    replace: "look : look",
    test: RECONCILE,
    titles: `${SQLITE} bookings made before Bellhop listened`,
  },
  {
    name: "rows that move from page to page are missed",
    file: "src/reconcile/read-list.ts",
    search: "if (!read.hasMoved) break;",
    replace: "break;",
    test: RECONCILE,
    titles: `${SQLITE} rows that move between pages`,
  },
  {
    name: "what agrees is looked up all the same",
    file: "src/reconcile/judge-listed.ts",
    search: "return mayDiffer ?",
    replace: "return mayDiffer || booking ?",
    test: RECONCILE,
    titles: `${SQLITE} what agrees costs no look`,
  },
  {
    name: "a comparison that was cut off begins anew",
    file: "src/reconcile/comparer.ts",
    search: "return this.#task.progress.nextDay ?? from;",
    replace: "return this.#dryLook ? from : (this.#task.progress.nextDay ?? from);",
    test: RECONCILE,
    titles: `${SQLITE} a comparison that is cut off goes on where it was`,
  },
  {
    name: "a dry run repairs",
    file: "src/reconcile/comparer.ts",
    search: "if (this.#task.wanted.isDry) {",
    replace: "if (this.#task.wanted.isDry && this.#now === 0) {",
    test: RECONCILE,
    titles: `${SQLITE} a dry run says what differs and changes nothing`,
  },
  {
    name: "a payment that the office entered is not missed",
    file: "src/reconcile/judge-listed.ts",
    search: "matched(payments, booking.payments) < payments.length",
    replace: "matched(payments, booking.payments) < 0",
    test: RECONCILE,
    titles: `${SQLITE} a payment that a booking does not show yet`,
  },
  {
    name: "a cancellation that the API does not show yet is dropped",
    file: "src/normalize/unseen-ending.ts",
    search: "export const MAX_LOOKS = 3;",
    replace: "export const MAX_LOOKS = 0;",
    test: "test/e2e/lagging-fetch.test.ts",
    titles: "a fetch that still shows the old state",
  },
  {
    name: "in shadow something leaves",
    file: "src/dispatch/run-job.ts",
    search: "tools.shadow.covers(entry, input.event) ? new ShadowRun() : undefined",
    replace: "tools.shadow.covers(entry, input.event) ? undefined : undefined",
    test: "test/e2e/shadow.test.ts",
    titles: "in shadow a voucher is said, not sent",
  },
  {
    name: "looking for differences costs more than a hundredth",
    file: "src/reconcile/pace.ts",
    search: "const SHARE = 0.01;",
    replace: "const SHARE = 0.03;",
    test: "test/e2e/idle-day.test.ts",
    titles: "a day without differences",
  },
  {
    name: "of a time that happens twice the second is meant",
    file: "src/sdk/time.ts",
    search: "return plain.toZonedDateTime(timeZone).epochMilliseconds;",
    replace:
      'return plain.toZonedDateTime(timeZone, { disambiguation: "later" }).epochMilliseconds;',
    test: ORACLE,
    titles: "each timer goes off at the minute",
  },
  {
    name: "a day is 24 hours",
    file: "src/schedule/offset.ts",
    search: 'if (offset.unit === "elapsed") return instantOf(from) + offset.ms;',
    replace:
      'if (offset.unit === "elapsed" || offset.time === undefined) {\n' +
      "    return instantOf(from) + minutesOf(offset) * UNIT_MS.m;\n  }",
    test: ORACLE,
    titles: "each timer goes off at the minute",
  },
  {
    name: "quiet hours move to before, but later",
    file: "src/schedule/offset.ts",
    search: "return begin <= epochMs ? begin : lastChange(epochMs, timeZone);",
    replace: "return begin <= Infinity ? begin : lastChange(epochMs, timeZone);",
    test: ORACLE,
    titles: "each moment in quiet hours",
  },
  {
    name: "a timer goes off by what was read before the transaction",
    file: "src/schedule/fire-timers.ts",
    search: "of await parts.occurrences.stillPlanned(trx, due)) {",
    replace: "of due) {",
    test: "test/schedule/many-workers.test.ts",
    titles: "due in the same minute, each once",
  },
  {
    name: "what was passed over falls between two windows",
    file: "src/schedule/turn.ts",
    search: "next: slots.after(now), nextSince: since };",
    replace: "next: slots.after(now), nextSince: now };",
    test: "test/schedule/moments.test.ts",
    titles: "follow each other without gap or overlap",
  },
  {
    name: "a schedule's turn comes again when the clock is put back",
    file: "src/schedule/schedule-work.ts",
    search: "nextSince, Number(turned?.slot ?? 0));",
    replace: "planned ? 0 : nextSince);\n      void turned;",
    test: "test/schedule/clocks.test.ts",
    titles: `${SQLITE} .*forward and back: an hourly run`,
  },
];

/** @throws when the search text is not there exactly once: the mutant has to follow the source. */
export function applied({ name, file, search, replace }: Mutant, source: string): string {
  const count = source.split(search).length - 1;
  if (count !== 1) throw new Error(`mutant "${name}": found ${count} times in ${file}: ${search}`);
  return source.replace(search, () => replace);
}
