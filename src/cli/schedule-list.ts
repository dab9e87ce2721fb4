import type { Database } from "../db/database.ts";
import { jobsOfEvent, lastTurn, type TurnRow } from "../queries/schedules.ts";
import { minute } from "./list-tables.ts";
import type { OpenBellhop } from "./open.ts";
import type { Shell } from "./shell.ts";
import { type Cells, table } from "./table.ts";

type Parts = Pick<OpenBellhop, "db" | "occurrences" | "timetable">;

const DAY_MS = 24 * 60 * 60_000;

const HEADERS: Cells = ["NAME", "WHEN", "NEXT", "LAST", "OUTCOME"];

const EMPTY = `There are no timers and no schedules. Add a timer to bellhop.yaml, for example:

timers:
  - { name: reminder, relativeTo: start, offset: "-48h" }

and an integration that hears of it: docs/time.md says more.
`;

/** Timers first, in the order of the configuration. */
export async function listSchedules(shell: Shell, parts: Parts): Promise<void> {
  const { timers, clockworks } = parts.timetable;
  const names = [...timers.keys(), ...clockworks.keys()];
  if (names.length === 0) {
    shell.write(EMPTY);
    return;
  }
  const rows: Cells[] = [];
  for (const name of names) rows.push(await cellsOf(parts, name));
  shell.write(table(HEADERS, rows, shell.columns, ["NAME", "WHEN", "NEXT", "LAST"]));
}

async function cellsOf({ db, occurrences, timetable }: Parts, name: string): Promise<Cells> {
  // What is overdue is next as well: no Bellhop has been at work.
  const since = (await db.now()) - DAY_MS;
  const [next] = await occurrences.coming(name, since, 1);
  const last = await lastTurn(db, name);
  return [
    name,
    timetable.wordsOf(name) ?? "",
    next ? minute(next.dueAt) : "–",
    last ? minute(last.dueAt) : "–",
    last ? await outcomeOf(db, last) : "",
  ];
}

async function outcomeOf(db: Database, { state, reason, eventId }: TurnRow): Promise<string> {
  if (state === "skipped" || eventId === null) return reason ?? state;
  const jobs = await jobsOfEvent(db, eventId);
  if (jobs.length === 0) return "nobody heard of it";
  return jobs.map((job) => `${job.state}: ${job.reason ?? "has not run yet"}`).join("; ");
}
