import { readFileSync } from "node:fs";

import type { Database as SqliteConnection } from "better-sqlite3";

const LOOK_MS = 1_000;
/** Clocks are nudged all the time; only what is more than this is a jump. */
const TOLERANCE_MS = 1_000;
/** Times beyond stand for "never" and stay where they are. */
const FAR_MS = Date.UTC(9000, 0, 1);

/**
 * UTC milliseconds: how long the machine has been up, which no jump of its clock changes, counted
 * from a base that all processes share and that follows the clock.
 */
export const SQLITE_NOW_MS = "((SELECT base FROM clock) + CAST(elapsed_ms() AS INTEGER))";

/** Moments that something waits for, by table. Each is as far away after a jump as before. */
const WAITS: Readonly<Record<string, (shiftMs: number) => readonly string[]>> = {
  owners: (ms) => [`UPDATE owners SET until = until + ${ms} WHERE until > 0`],
  deliveries: (ms) => [
    `UPDATE deliveries SET due_at = due_at + ${ms} WHERE state = 'waiting' AND due_at > 0`,
  ],
  pauses: (ms) => [`UPDATE pauses SET until = until + ${ms} WHERE until < ${FAR_MS}`],
  migration_lock: (ms) => [`UPDATE migration_lock SET until = until + ${ms} WHERE until > 0`],
  oauth_tokens: (ms) => [
    `UPDATE oauth_tokens SET claim_until = claim_until + ${ms} WHERE claim_until > 0`,
    `UPDATE oauth_tokens SET expires_at = expires_at + ${ms} WHERE expires_at > 0`,
  ],
  connect_links: (ms) => [`UPDATE connect_links SET expires_at = expires_at + ${ms}`],
  lanes: (ms) => [
    `UPDATE lanes SET settling_since = settling_since + ${ms}
     WHERE handler = ? AND due_at < ${FAR_MS} AND settling_since > 0`,
    `UPDATE lanes SET due_at = due_at + ${ms} WHERE handler = ? AND due_at < ${FAR_MS}`,
  ],
};

/**
 * Gives a connection the clock that leases, terms and waits are measured by. The embedded store has
 * no server whose clock could stand above the machine's: when that is put back an hour, a lease must
 * not last an hour longer, and when it is put forward, nobody may take over what still runs.
 */
export function keepClock(connection: SqliteConnection): void {
  connection.function("elapsed_ms", elapsedMs);
  connection.exec(
    `CREATE TABLE IF NOT EXISTS clock (
      id INTEGER PRIMARY KEY CHECK (id = 1), boot TEXT NOT NULL, base INTEGER NOT NULL)`,
  );
  followClock(connection);
  const timer = setInterval(() => {
    if (connection.open) tryToFollow(connection);
    else clearInterval(timer);
  }, LOOK_MS);
  timer.unref();
}

function tryToFollow(connection: SqliteConnection): void {
  // The connection is shared with whatever transaction is under way: its end comes soon.
  if (connection.inTransaction) return;
  try {
    followClock(connection);
  } catch {
    // Busy or full: time goes on as it did before the jump, and the next look tries again.
  }
}

function followClock(connection: SqliteConnection): void {
  if (!isOff(connection)) return;
  connection
    .transaction(() => {
      // Another process may have been faster.
      if (isOff(connection)) moveBase(connection);
    })
    .immediate();
}

interface ClockRow {
  boot: string;
  base: number;
}

function readClock(connection: SqliteConnection): ClockRow | undefined {
  return connection.prepare("SELECT boot, base FROM clock").get() as ClockRow | undefined;
}

function isOff(connection: SqliteConnection): boolean {
  const clock = readClock(connection);
  return clock?.boot !== BOOT || Math.abs(clock.base - trueBase()) > TOLERANCE_MS;
}

function moveBase(connection: SqliteConnection): void {
  const base = trueBase();
  const known = readClock(connection);
  // After a restart of the machine time has passed for what waits, as it should.
  if (known?.boot === BOOT && BOOT !== "") shiftWaits(connection, base - known.base);
  connection
    .prepare("INSERT OR REPLACE INTO clock (id, boot, base) VALUES (1, ?, ?)")
    .run(BOOT, base);
}

function shiftWaits(connection: SqliteConnection, shiftMs: number): void {
  const tables = connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table'");
  for (const { name } of tables.all() as { name: string }[]) {
    const isByHandler = name === "lanes";
    for (const statement of WAITS[name]?.(shiftMs) ?? []) {
      const update = connection.prepare(statement);
      if (isByHandler) for (const handler of handlersOf(connection)) update.run(handler);
      else update.run();
    }
  }
}

/** From step to step along the index, however many lanes a handler has. */
function handlersOf(connection: SqliteConnection): string[] {
  const next = connection.prepare("SELECT MIN(handler) AS handler FROM lanes WHERE handler > ?");
  const handlers: string[] = [];
  for (;;) {
    const { handler } = next.get(handlers.at(-1) ?? "") as { handler: string | null };
    if (handler === null) return handlers;
    handlers.push(handler);
  }
}

/** Since the machine's start, the same for all its processes. */
function elapsedMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

function trueBase(): number {
  return Date.now() - elapsedMs();
}

/** Which start of the machine this is; empty where it does not say, and then nothing is shifted. */
const BOOT = readBoot();

function readBoot(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}
