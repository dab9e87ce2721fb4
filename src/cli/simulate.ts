import { type Command, InvalidArgumentError, Option } from "commander";

import { simulate } from "./simulate-run.ts";

export function addSimulateCommand(program: Command): void {
  program
    .command("simulate")
    .argument("[connection...]", "simulated connections; without them all")
    .description("play bookings of simulated booking systems to the running Bellhop")
    .addOption(count("--stories <n>", "bookings to play", 20))
    .option("--only <story>", "play only this story, such as cancelled")
    .addOption(count("--seed <n>", "the same seed plays the same bookings in the same order", 1))
    .addOption(
      new Option("--repeats <share>", "share of calls that are sent twice, from 0 to 1")
        .argParser(share)
        .default(0),
    )
    .option("--reorder", "let calls about the same booking overtake each other")
    .addOption(
      new Option("--rate <n>", "calls a second").argParser(positive).default(10).conflicts("burst"),
    )
    .addOption(new Option("--burst <n>", "all at once over n connections").argParser(whole))
    .addOption(
      count("--wait <seconds>", "how long to stay for Bellhop's questions after the last call", 60),
    )
    .action(simulate);
}

function count(flags: string, description: string, standard: number): Option {
  return new Option(flags, description).argParser(whole).default(standard);
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) {
    throw new InvalidArgumentError("It must be a whole number from 1.");
  }
  return Number(text);
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isFinite(number) || number <= 0) {
    throw new InvalidArgumentError("It must be a number above 0.");
  }
  return number;
}

function share(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !(number >= 0 && number <= 1)) {
    throw new InvalidArgumentError("It must be a number from 0 to 1.");
  }
  return number;
}
