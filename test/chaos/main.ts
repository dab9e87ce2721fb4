import { rmSync, writeFileSync } from "node:fs";

import { optionsOrExit } from "../harness/options-or-exit.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { HELP, readOptions } from "./options.ts";
import { tableOf } from "./report.ts";
import { type Cleanup, runChaos } from "./run.ts";

const options = optionsOrExit(readOptions, HELP);
const folder = temporaryFolder("bellhop-chaos-");
const cleanup: Cleanup = [];
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void undo().then(() => process.exit(130)));
}
process.once("uncaughtException", (error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  void undo().then(() => process.exit(1));
});

try {
  const report = await runChaos(options, folder, cleanup, progress);
  writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  await undo();
  if (report.isSound) rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`\n${tableOf(report)}`);
  process.stdout.write(`As JSON: ${options.json}\n`);
  if (!report.isSound) process.stdout.write(`Logs of the processes: ${folder}\n`);
  process.exitCode = report.isSound ? 0 : 1;
} finally {
  await undo();
}

async function undo(): Promise<void> {
  for (const step of cleanup.splice(0).reverse()) await step();
}

function progress(line: string): void {
  const text = `chaos on ${options.store}, seed ${options.seed}: ${line}`;
  process.stderr.write(process.stderr.isTTY ? `\r${text.padEnd(100)}` : `${text}\n`);
}
