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
    search: "fence: { version, ordinal } }",
    replace: "}",
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
];

/** @throws when the search text is not there exactly once: the mutant has to follow the source. */
export function applied({ name, file, search, replace }: Mutant, source: string): string {
  const count = source.split(search).length - 1;
  if (count !== 1) throw new Error(`mutant "${name}": found ${count} times in ${file}: ${search}`);
  return source.replace(search, () => replace);
}
