import type { Command } from "commander";

import type { Comparison } from "../reconcile/comparison.ts";
import { daysAfter, isBefore } from "../reconcile/days.ts";
import { importWanted } from "../reconcile/schedule.ts";
import { comparable, compareToTheEnd, spanOf, todayOf } from "./compare-run.ts";
import { day } from "./days-option.ts";
import { type OpenBellhop, withBellhop } from "./open.ts";
import type { Shell } from "./shell.ts";

interface ImportOptions {
  from?: string;
  to?: string;
}

/** `bellhop import <connection> [--from DATE] [--to DATE]` */
export function addImportCommand(program: Command, shell: Shell): void {
  const command = program
    .command("import")
    .argument("<connection>", "a connection of the configuration")
    .description("learn present and coming bookings from the booking system; no guest hears of it")
    .option("--from <date>", "first day of stays, as 2026-03-14 (default: those that go on)", day)
    .option("--to <date>", "last day on which stays begin (default: reconcile.daysAhead)", day)
    .addHelpText("after", ABOUT)
    .action(async (id: string, { from, to }: ImportOptions) => {
      if (from !== undefined && to !== undefined && isBefore(to, from)) {
        command.error("error: --to is before --from");
      }
      const days = { from, to };
      await withBellhop(shell, (bellhop) => importBookings(shell, bellhop, id, days), "error");
    });
}

const ABOUT = `
Bookings made before Bellhop first listened (or before the connection's since) are taken over in
silence. It may be stopped and started again, and run as often as you like.
`;

async function importBookings(
  shell: Shell,
  bellhop: OpenBellhop,
  id: string,
  { from, to }: { from: string | undefined; to: string | undefined },
): Promise<void> {
  const one = comparable(bellhop.registry, id);
  const today = todayOf(one, bellhop);
  const last = to ?? daysAfter(today, bellhop.settings.config.reconcile.daysAhead);
  if (from === undefined && isBefore(last, today)) {
    throw new Error("--to is in the past: give --from as well");
  }
  const wanted = importWanted(today, last, from);
  const ended = await compareToTheEnd(shell, bellhop, one, { kind: "import", wanted });
  tell(shell, ended);
}

/** @throws when some could not be read. */
function tell(shell: Shell, { connection, progress, wanted }: Comparison): void {
  const { there, here, failed } = progress;
  const span = spanOf(wanted);
  shell.write(
    there === 0
      ? `${connection}: the source has no bookings ${span}.\n`
      : `${connection}: ${there} bookings at the source ${span}, ${there - here} of them new here.\n`,
  );
  if (failed > 0) {
    throw new Error(
      `${failed} could not be read: bellhop list deliveries --connection ${connection} --state failed`,
    );
  }
}
