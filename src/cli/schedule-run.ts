import { hasOwner } from "../db/ownership.ts";
import { sleep } from "../process/sleep.ts";
import { findTurn, jobsOfEvent, type TurnJob } from "../queries/schedules.ts";
import { askForRun } from "../schedule/ask-for-run.ts";
import type { Clockwork } from "../schedule/clocks.ts";
import type { NewOccurrence } from "../schedule/occurrence-store.ts";
import type { Timetable } from "../schedule/timetable.ts";
import { hint } from "../settings/config-problems.ts";
import { StoppedError, stopSignal } from "./compare-run.ts";
import { minute } from "./list-tables.ts";
import type { OpenBellhop } from "./open.ts";
import type { Shell } from "./shell.ts";
import { plain } from "./table.ts";

const POLL_MS = 300;
const PATIENCE_MS = 60_000;

/** In these a job needs somebody, or something, before it goes on. */
const STUCK: readonly TurnJob["state"][] = ["held", "dead"];
const UNDER_WAY: readonly TurnJob["state"][] = ["ready", "leased"];

/** Runs a schedule now and says what came of it. */
export async function runSchedule(shell: Shell, bellhop: OpenBellhop, id: string): Promise<void> {
  const { db, occurrences, timetable } = bellhop;
  const clockwork = runnable(timetable, id);
  const asked = await askForRun({ db, occurrences }, clockwork);
  const window = `from ${minute(asked.referenceAt)} to ${minute(asked.dueAt)}`;
  if (!(await hasOwner(db, "schedule"))) {
    shell.write(
      `${id}: no Bellhop is at work. It runs at the next start, for the time ${window}.\n`,
    );
    return;
  }
  shell.writeError(`${id}: runs for the time ${window}\n`);
  const stopped = stopSignal();
  try {
    await follow(shell, bellhop, asked, stopped.signal);
  } finally {
    stopped.forget();
  }
}

/** @throws Error that says what can be run. */
export function runnable(timetable: Timetable, id: string): Clockwork {
  const known = timetable.schedules;
  const clockwork = known.find((one) => one.id === id);
  if (clockwork) return clockwork;
  if (timetable.timers.has(id)) {
    throw new Error(
      `${id} is a timer: it goes off for each booking, ${timetable.wordsOf(id) ?? ""}. ` +
        `"bellhop schedule preview --schedule ${id}" shows what it would do`,
    );
  }
  const ids = known.map((one) => one.id);
  const others = ids.length === 0 ? ": no integration in use has one" : hint(id, ids);
  throw new Error(`there is no schedule ${id}${others}`);
}

async function follow(
  shell: Shell,
  { db }: OpenBellhop,
  { schedule, slot }: NewOccurrence,
  signal: AbortSignal,
): Promise<void> {
  const askedAt = performance.now();
  for (;;) {
    const turn = await findTurn(db, { schedule, slot });
    const [job] = turn?.eventId ? await jobsOfEvent(db, turn.eventId) : [];
    if (job && !UNDER_WAY.includes(job.state)) {
      tell(shell, schedule, job);
      return;
    }
    if (turn && turn.state !== "planned" && !job) {
      throw new Error(`${schedule} did not run: ${turn.reason ?? turn.state}`);
    }
    if (performance.now() - askedAt > PATIENCE_MS) {
      const tried = job?.reason ? ` So far: ${plain(job.reason)}.` : "";
      shell.write(
        `${schedule} has not ended yet and goes on by itself.${tried} ${seeJobs(schedule)}\n`,
      );
      return;
    }
    await sleep(POLL_MS, signal).catch(() => {
      throw new StoppedError(
        `stopped waiting. The running Bellhop goes on with it: ${seeJobs(schedule)}`,
      );
    });
  }
}

/** @throws when it needs a person. */
function tell(shell: Shell, schedule: string, { state, reason, id }: TurnJob): void {
  const words = `${schedule}: ${state}: ${plain(reason ?? "")}`;
  if (STUCK.includes(state)) throw new Error(`${words} (bellhop replay job ${id} runs it again)`);
  shell.write(`${words}\n`);
}

function seeJobs(schedule: string): string {
  return `"bellhop list jobs --handler ${schedule}" shows it.`;
}
