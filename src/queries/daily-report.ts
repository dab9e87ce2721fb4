import type { Database } from "../db/database.ts";
import type { OwnedWork } from "../db/ownership.ts";
import { Rounds } from "../process/rounds.ts";
import { dayOf } from "../reconcile/difference.ts";
import type { Clock, Log, Mail } from "../sdk/context.ts";
import { differenceLine, summaryOf } from "./reconciliation-words.ts";
import { type Reconciliation, reconciliationsAt } from "./reconciliations.ts";

const ROUND_MS = 10 * 60_000;
/** Days and connections that one round tells of. */
const MAX_ROWS = 200;

export interface DailyReportParts {
  db: Database;
  /** Undefined: nobody is told. @param isSimulated It must not leave this machine. */
  office: ((isSimulated: boolean) => Mail) | undefined;
  isSimulated: (connection: string) => boolean;
  clock: Clock;
  log: Log;
}

/** Mails the office once a day how each connection compared with its source: a line for each. */
export class DailyReport implements OwnedWork {
  readonly #parts: DailyReportParts;
  readonly #rounds = new Rounds(() => this.#tryRound(), ROUND_MS);

  constructor(parts: DailyReportParts) {
    this.#parts = parts;
  }

  begin(): void {
    this.#rounds.begin();
  }

  async end(): Promise<void> {
    await this.#rounds.end();
  }

  async #tryRound(): Promise<void> {
    try {
      await this.round();
    } catch (error) {
      this.#parts.log.warn({ error }, "could not mail the daily report");
    }
  }

  /** Tells of the days that are over. */
  async round(): Promise<void> {
    const { db, office, isSimulated, clock } = this.#parts;
    const rows = await untold(db, dayOf(clock.now()));
    if (rows.length === 0) return;
    const reconciliations = await reconciliationsAt(db, rows);
    for (const simulated of [false, true]) {
      const some = reconciliations.filter(
        ({ connection }) => isSimulated(connection) === simulated,
      );
      for (const day of new Set(some.map((one) => one.day))) {
        const ofDay = some.filter((one) => one.day === day);
        const key = `reconciliations-${day}${simulated ? "-simulated" : ""}`;
        await office?.(simulated).sendToOffice(letterOf(day, ofDay), key);
      }
    }
    await db.knex("compared_days").whereIn("position", rows).update({ is_told: 1 });
  }
}

async function untold({ knex }: Database, today: string): Promise<number[]> {
  const rows = await knex("compared_days")
    .where({ is_told: 0 })
    .where("day", "<", today)
    .orderBy("day")
    .limit(MAX_ROWS)
    .select<{ position: number }[]>("position");
  return rows.map(({ position }) => position);
}

function letterOf(day: string, reconciliations: readonly Reconciliation[]) {
  const remaining = reconciliations.reduce((sum, one) => sum + one.remaining, 0);
  const subject =
    remaining === 0
      ? `Bookings compared on ${day}: all agree`
      : `Bookings compared on ${day}: ${remaining} still differ`;
  const lines = reconciliations.flatMap((one) => [
    `${one.connection}: ${summaryOf(one)}`,
    ...one.differences
      .filter(({ state }) => state === "open")
      .map((difference) => `    ${differenceLine(difference)}`),
  ]);
  const more =
    remaining === 0 ? [] : ["", 'What was found and done, in full: "bellhop reconcile --report".'];
  return { subject, text: [...lines, ...more, ""].join("\n") };
}
