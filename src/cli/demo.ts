import { type Command, InvalidArgumentError } from "commander";

import { readEnvironment } from "../settings/environment.ts";

interface DemoCommandOptions {
  once?: true;
  seed: number;
}

const OUTPUT_FOLDER = "demo-output";
/** One whose first calls confirm bookings, so that vouchers come at once. */
const DEFAULT_SEED = 17;

export function addDemoCommand(program: Command): void {
  program
    .command("demo", { hidden: true })
    .description("play simulated booking systems to a Bellhop of its own and show what it does")
    .option("--once", "play one round and end")
    .option("--seed <n>", "the same seed plays the same bookings", seed, DEFAULT_SEED)
    .action(demo);
}

function seed(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

async function demo(options: DemoCommandOptions): Promise<void> {
  const { runDemo } = await loadDemo();
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => {
      stop.abort();
    });
  }
  await runDemo({
    seed: options.seed,
    isOnce: options.once === true,
    outputFolder: OUTPUT_FOLDER,
    environment: readEnvironment(),
    signal: stop.signal,
    isColoured: process.stdout.isTTY && process.stdout.hasColors(),
    write: (text) => process.stdout.write(text),
  });
}

/** The demo is part of a checkout, not of an installed Bellhop. */
async function loadDemo() {
  try {
    return await import("../demo/demo.ts");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new Error(
      "the demo is not part of an installed Bellhop: run npm run demo in a checkout",
      {
        cause,
      },
    );
  }
}
