import type { Command } from "commander";

import type { Database } from "../db/database.ts";
import { deliveryList, findDelivery } from "../queries/deliveries.ts";
import { findJob, jobList, type JobRow } from "../queries/jobs.ts";
import { readReplay, type Replay, type Replays } from "../queries/replays.ts";
import { addFilterOptions, asUsage } from "./filter-options.ts";
import { type OpenBellhop, withBellhop } from "./open.ts";
import type { Shell } from "./shell.ts";

interface BulkOptions extends Readonly<Record<string, string | true | undefined>> {
  yes?: true;
  dryRun?: true;
}

/** `bellhop replay job|delivery <id>`, `bellhop replay jobs|deliveries --filters…` */
export function addReplayCommand(program: Command, shell: Shell): void {
  const replay = program
    .command("replay")
    .description("run jobs again, or look at deliveries anew; nothing outside is done twice");
  replay
    .command("job")
    .argument("<id>", 'as "bellhop list jobs" shows it')
    .description("run one job again")
    .option("--dry-run", "only say what it would do")
    .action((id: string, { dryRun }: { dryRun?: true }) =>
      withBellhop(shell, (bellhop) =>
        dryRun ? dryRunJob(shell, bellhop, id) : replayJob(shell, bellhop, id),
      ),
    );
  replay
    .command("delivery")
    .argument("<id>", 'as "bellhop list deliveries" shows it')
    .description("read and compare one delivery anew")
    .action((id: string) => withBellhop(shell, (bellhop) => replayDelivery(shell, bellhop, id)));
  for (const list of [jobList, deliveryList]) {
    const command = replay
      .command(list.name)
      .description(`replay all ${list.name} that meet filters`);
    addFilterOptions(command, list.filters);
    command
      .option("--dry-run", "only count")
      .option("--yes", "ask nothing")
      .action((options: BulkOptions) =>
        asUsage(command, () => replayMany(shell, command, list.name, options)),
      );
  }
}

async function dryRunJob(shell: Shell, { db, dryRuns }: OpenBellhop, id: string): Promise<void> {
  const { wouldDo, outcome } = await dryRuns.job(await knownJob(db, id));
  for (const line of wouldDo) shell.write(`${line}\n`);
  shell.write(`Job ${id} ${outcome}. Nothing was done.\n`);
}

async function knownJob(db: Database, id: string): Promise<JobRow> {
  const job = await findJob(db, id);
  if (!job) throw new Error(`there is no job ${id}: "bellhop list jobs" shows them`);
  return job;
}

async function replayJob(shell: Shell, { db, jobs }: OpenBellhop, id: string): Promise<void> {
  const job = await knownJob(db, id);
  if (job.state === "ready") {
    shell.write(`Job ${id} is in line already.\n`);
    return;
  }
  if (!(await jobs.replay(id))) {
    throw new Error(`job ${id} is running: wait until it has ended`);
  }
  shell.write(`Job ${id} was ${job.state} and is back in line. A running Bellhop takes it up.\n`);
}

async function replayDelivery(
  shell: Shell,
  { db, replays }: OpenBellhop,
  id: string,
): Promise<void> {
  const delivery = await findDelivery(db, id);
  if (!delivery) {
    throw new Error(`there is no delivery ${id}: "bellhop list deliveries" shows them`);
  }
  const { state, position } = delivery;
  if (state === "waiting") {
    shell.write(`Delivery ${id} waits already.\n`);
    return;
  }
  const isBack = await replays.delivery(position);
  shell.write(
    isBack
      ? `Delivery ${id} was ${state} and waits again. A running Bellhop takes it up.\n`
      : `Delivery ${id} stays ${state}: it only tells of itself, so a second look finds nothing.\n`,
  );
}

async function replayMany(
  shell: Shell,
  command: Command,
  kind: string,
  { yes, dryRun, ...filters }: BulkOptions,
): Promise<void> {
  const replay = readReplay({ kind, ...filters });
  if (!yes && !dryRun && !shell.isTerminal) {
    command.error("error: nobody can be asked here: add --yes, or --dry-run to only count");
  }
  await withBellhop(shell, async ({ replays }) => {
    await countAndRun(shell, replays, replay, { yes, dryRun });
  });
}

async function countAndRun(
  shell: Shell,
  replays: Replays,
  replay: Replay,
  { yes, dryRun }: { yes: true | undefined; dryRun: true | undefined },
): Promise<void> {
  const found = await replays.count(replay);
  if (found === 0) {
    shell.write(
      `Nothing to replay: no ${replay.kind} meet these filters, or all that do are in line.\n`,
    );
    return;
  }
  if (dryRun) {
    shell.write(`${wordsOf(found, replay)} would be replayed.\n`);
    return;
  }
  if (!yes && !(await shell.confirm(`Replay ${wordsOf(found, replay)}?`))) {
    shell.write("Nothing was replayed.\n");
    return;
  }
  const count = await replays.run(replay);
  shell.write(`${wordsOf(count, replay)} back in line. A running Bellhop takes them up.\n`);
}

function wordsOf(count: number, { kind }: Replay): string {
  const one = kind === "jobs" ? "job" : "delivery";
  return `${count} ${count === 1 ? one : kind}`;
}
