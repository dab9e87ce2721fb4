import type { Command } from "commander";

import type { TableEntry } from "../dispatch/handler-table.ts";
import type { Sync } from "../sync/syncs.ts";
import { day } from "./days-option.ts";
import { type OpenBellhop, withBellhop } from "./open.ts";
import type { Shell } from "./shell.ts";
import { syncToTheEnd } from "./sync-run.ts";

interface SyncOptions {
  since?: string;
  dryRun?: true;
  stop?: true;
}

/** `bellhop sync <instance> --since DATE [--dry-run]`, `bellhop sync <instance> --stop` */
export function addSyncCommand(program: Command, shell: Shell): void {
  const command = program
    .command("sync")
    .argument("<instance>", "an instance of the configuration, such as a CRM")
    .description("bring a CRM, calendar or other mirror up to date with all bookings known")
    .option("--since <date>", "bookings made, or taking place, on this day or later", day)
    .option("--dry-run", "only count")
    .option("--stop", "end one that is under way")
    .addHelpText("after", ABOUT)
    .action(async (instance: string, { since, dryRun, stop }: SyncOptions) => {
      if ((since === undefined) === (stop === undefined)) {
        command.error("error: write either --since <date> or --stop");
      }
      await withBellhop(shell, (bellhop) => {
        if (since === undefined) return stopSync(shell, bellhop, instance);
        const sync = { instance, since };
        return dryRun ? countOnly(shell, bellhop, sync) : run(shell, bellhop, sync);
      });
    });
}

const ABOUT = `
Each booking that the instance's "when" lets through is looked at again in its newest state (types are
not asked for), in order, within the target's limits; what is there already is not done twice. Handlers
that write to people have no part in it. It may be stopped at any time: the same command goes on where it
was, and a running Bellhop does so by itself.

Exit codes: 0 done, 1 some could not be pushed, or not yet, 2 wrong usage.
`;

async function countOnly(shell: Shell, { syncs }: OpenBellhop, sync: Sync): Promise<void> {
  const mirrors = syncs.mirrorsOf(sync);
  const count = await syncs.count(sync);
  shell.write(`${wordsOf(count)} would be pushed to ${namesOf(mirrors)}. Nothing was done.\n`);
}

async function stopSync(shell: Shell, { syncs }: OpenBellhop, instance: string): Promise<void> {
  const stopped = await syncs.stop(instance);
  shell.write(
    stopped === 0
      ? `No sync of ${instance} is under way.\n`
      : `The sync of ${instance} has ended. What is in line already still runs.\n`,
  );
}

async function run(shell: Shell, bellhop: OpenBellhop, sync: Sync): Promise<void> {
  const mirrors = bellhop.syncs.mirrorsOf(sync);
  const { pushed, troubles, later, isBrokenOff } = await syncToTheEnd(
    shell,
    bellhop,
    sync,
    mirrors,
  );
  shell.write(doneWith(pushed, mirrors));
  const [handler = ""] = mirrors.map(({ id }) => id);
  const list = `"bellhop list jobs --handler ${handler} --state`;
  const left = [
    ...(isBrokenOff ? ["it was ended before all bookings had been looked at"] : []),
    ...(troubles > 0 ? [`${troubles} need a person: ${list} dead", or --state held`] : []),
    ...(later > 0 ? [`${later} are tried again later by a running Bellhop: ${list} ready"`] : []),
  ];
  if (left.length > 0) throw new Error(left.join("; "));
}

function doneWith(count: number, mirrors: readonly TableEntry[]): string {
  const [bookings, names] = [wordsOf(count), namesOf(mirrors)];
  return mirrors.some(({ mode }) => mode === "shadow")
    ? `${bookings} looked at by ${names}, in shadow: it was noted what would be pushed.\n`
    : `${bookings} pushed to ${names}.\n`;
}

function wordsOf(count: number): string {
  return count === 1 ? "1 booking" : `${count} bookings`;
}

function namesOf(mirrors: readonly TableEntry[]): string {
  return mirrors.map(({ id }) => id).join(", ");
}
