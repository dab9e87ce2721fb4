import { type Command, InvalidArgumentError, Option } from "commander";

import { withBellhop } from "./open.ts";
import { listSchedules } from "./schedule-list.ts";
import { PREVIEW_FORMATS, type PreviewOptions, showPreview } from "./schedule-preview.ts";
import { runSchedule } from "./schedule-run.ts";
import type { Shell } from "./shell.ts";

const USUAL_DAYS = 7;
const MOST_DAYS = 366;

/** `bellhop schedule list`, `schedule run <id>`, `schedule preview` */
export function addScheduleCommand(program: Command, shell: Shell): void {
  const schedule = program
    .command("schedule")
    .description("timers around bookings and work by the clock: what comes when");
  schedule
    .command("list")
    .description("show timers and schedules, when they are due next and how they last ended")
    .action(() => withBellhop(shell, (bellhop) => listSchedules(shell, bellhop)));
  schedule
    .command("run")
    .argument("<id>", 'a schedule as "bellhop schedule list" shows it: instance/schedule')
    .description("run a schedule now; its next run by the clock goes on from here")
    .action((id: string) => withBellhop(shell, (bellhop) => runSchedule(shell, bellhop, id)));
  schedule
    .command("preview")
    .description("show what would be sent, to whom and when; nothing is done")
    .addOption(new Option("--days <n>", "how far ahead").argParser(readDays).default(USUAL_DAYS))
    .option("--schedule <name>", "only this timer or schedule")
    .addOption(
      new Option("--format <format>", "how it is written")
        .choices([...PREVIEW_FORMATS])
        .default("text"),
    )
    .action((options: PreviewOptions) =>
      withBellhop(shell, (bellhop) => showPreview(shell, bellhop, options)),
    );
}

function readDays(text: string): number {
  const days = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (days >= 1 && days <= MOST_DAYS) return days;
  throw new InvalidArgumentError(`Write a number from 1 to ${MOST_DAYS}.`);
}
