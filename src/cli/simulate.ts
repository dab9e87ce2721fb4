import { type Command, InvalidArgumentError, Option } from "commander";

import { simulate } from "./simulate-run.ts";

/** They are kept in memory: so many take a few seconds and some hundred megabytes. */
const MOST_BOOKINGS = 100_000;

export function addSimulateCommand(program: Command): void {
  const command = program
    .command("simulate")
    .argument("[connection...]", "simulated connections; without them all")
    .description("play bookings of simulated booking systems to the running Bellhop")
    .addHelpText("after", ABOUT)
    .action(simulate);
  addStoryOptions(command);
  addPaceOptions(command);
  addCallOptions(command);
  addApiOptions(command);
}

const ABOUT = `
The simulated systems are new each time and forget all when the command ends. With --stay they are
there for bellhop import and bellhop reconcile, which may run in another terminal meanwhile:
  bellhop simulate --bookings 200 --losses 0.1 --silent 0.1 --stay

Exit codes: 0 all calls were taken (those never sent do not count), 1 failed, 2 wrong usage.
`;

function addStoryOptions(command: Command): void {
  command
    .optionsGroup("What is played:")
    .addOption(count("--stories <n>", "bookings to play", 20))
    .option("--only <story>", "play only this story, such as cancelled")
    .addOption(count("--seed <n>", "the same seed plays the same bookings in the same order", 1))
    .addOption(
      new Option(
        "--bookings <n>",
        "bookings that each system has before; no call tells of them",
      ).argParser(someBookings),
    );
}

function addPaceOptions(command: Command): void {
  command
    .optionsGroup("How fast and how long:")
    .addOption(
      new Option("--rate <n>", "calls a second").argParser(positive).default(10).conflicts("burst"),
    )
    .addOption(new Option("--burst <n>", "all at once over n connections").argParser(whole))
    .addOption(
      count("--wait <seconds>", "how long to answer Bellhop's questions after the last call", 60),
    )
    .option("--stay", "go on answering Bellhop's questions until Ctrl-C");
}

function addCallOptions(command: Command): void {
  command
    .optionsGroup("What goes wrong with calls (shares are from 0 to 1):")
    .addOption(shareOf("--repeats <share>", "calls that are sent twice"))
    .option("--reorder", "let calls about the same booking overtake each other")
    .addOption(shareOf("--losses <share>", "calls that are never sent"))
    .addOption(shareOf("--late <share>", "calls that come after many others"))
    .addOption(
      shareOf("--silent <share>", "calls after which staff change a booking, without a call"),
    );
}

function addApiOptions(command: Command): void {
  command
    .optionsGroup("What the API of the booking systems is like:")
    .addOption(
      new Option(
        "--lag <seconds>",
        "it shows a booking as it was for so long after a change",
      ).argParser(positive),
    )
    .addOption(new Option("--limit <n>", "it refuses more than n calls an hour").argParser(whole))
    .option("--moving", "rows of its lists move from page to page while they are read");
}

function shareOf(flags: string, description: string): Option {
  return new Option(flags, description).argParser(share).default(0);
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

function someBookings(text: string): number {
  const bookings = whole(text);
  if (bookings > MOST_BOOKINGS) {
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_BOOKINGS}.`);
  }
  return bookings;
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
