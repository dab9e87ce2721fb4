import { type Command, InvalidArgumentError, Option } from "commander";

import { checkBooks } from "./books-check.ts";
import { listOpening } from "./books-opening.ts";
import { planBooks } from "./books-plan.ts";
import { BOOKS_FORMATS, type BooksFormat } from "./books-report.ts";
import { day } from "./days-option.ts";
import { withBellhop } from "./open.ts";
import type { Shell } from "./shell.ts";

interface CheckOptions {
  connection?: string;
  since?: string;
  until?: string;
  month?: string;
  format: BooksFormat;
  offline?: true;
  repair?: true;
  yes?: true;
}

/** Months before this one that are looked at unless told otherwise. */
const USUAL_MONTHS = 3;

/** `bellhop books check` and what helps to set books up. */
export function addBooksCommand(program: Command, shell: Shell): void {
  const books = program
    .command("books")
    .description("compare bookings with the accounts, and set accounts up")
    .addHelpText("after", ABOUT);
  addCheck(books, shell);
  addPlan(books, shell);
  addOpening(books, shell);
}

const ABOUT = `
Setting up:
  bellhop books plan books-fjord --month 2026-10   documents of a month as they would be; nothing is done
  bellhop books opening books-fjord                money held for services to come, per booking
Every day, or at the end of a month:
  bellhop books check                              do books and bookings agree?
  bellhop books check --repair                     do again what is missing

docs/books-check.md explains every column and cause.
`;

const ABOUT_CHECK = `
Compares, booking by booking, what is booked with what was posted, and what was paid with what the
books received; then asks the accounting system itself for every document. Without a time: services
and documents of this month and the ${USUAL_MONTHS} before it, all services to come, and whatever waits or failed.

Examples:
  bellhop books check                          everything that matters today
  bellhop books check books-fjord --month 2026-10 --format csv > october.csv
  bellhop books check --offline                by Bellhop's own records: nobody is asked
  bellhop books check --repair                 do again what is missing, after a question

A repair is a replay: what is in the books is not posted twice, what is gone is looked for first. What
was changed by hand in the accounting system is told of and left alone.

Exit codes: 0 all agree, 1 differences remain, 2 wrong usage.
`;

function addCheck(books: Command, shell: Shell): void {
  const command = books
    .command("check")
    .argument("[instance]", "an accounting integration of the configuration; without it all")
    .description("say where bookings and books differ, and why")
    .option("--connection <name>", "only bookings of this connection")
    .option("--since <date>", "services and documents since this day", day)
    .option("--until <date>", "services and documents up to this day", day)
    .addOption(new Option("--month <month>", "of this month").argParser(month))
    .addOption(formatOption())
    .option("--offline", "compare with Bellhop's own records only")
    .option("--repair", "do again what is missing")
    .option("--yes", "ask nothing")
    .addHelpText("after", ABOUT_CHECK)
    .action(async (instance: string | undefined, options: CheckOptions) => {
      const { connection, offline, repair, yes, format } = options;
      if (repair && !yes && !shell.isTerminal) {
        command.error("error: nobody can be asked here: add --yes");
      }
      const time = timeOf(command, options);
      await withBellhop(shell, (bellhop) =>
        checkBooks(shell, bellhop, {
          ...{ instance, format, isOffline: offline === true, ...time },
          ...(connection !== undefined && { connection }),
          ...(repair && { repair: yes ? "yes" : "asked" }),
        }),
      );
    });
}

const ABOUT_PLAN = `
Goes through the days of each booking and says which documents fall into the month with the settings as
they are now, as if nothing had ever been posted: compare it with what was booked by hand before you
let Bellhop post. Prices and statuses are those of now. What falls into a closed period (closedUntil) shows
the first open day, and says so. Services up to 3 months before the month, and all later ones, are
gone through. Nothing is posted or noted.
`;

function addPlan(books: Command, shell: Shell): void {
  books
    .command("plan")
    .argument("<instance>", "an accounting integration of the configuration")
    .description("say which documents a month would have; nothing is posted")
    .requiredOption("--month <month>", "past or to come: 2026-10", month)
    .addOption(formatOption())
    .addHelpText("after", ABOUT_PLAN)
    .action(async (instance: string, options: { month: string; format: BooksFormat }) => {
      const { month: only, format } = options;
      const [first, last] = [`${only}-01`, lastDayOf(only)];
      await withBellhop(shell, (bellhop) =>
        planBooks(shell, bellhop, { instance, first, last, format }),
      );
    });
}

const ABOUT_OPENING = `
Books that begin on a day take over one thing of the time before: money that was paid by then for services
on that day or later, one deposit for each booking. Hand the list to whoever keeps the books: its total is
the opening balance of prepayments. With a policy that invoices at booking nothing is held, because the old
books have invoiced it.
`;

function addOpening(books: Command, shell: Shell): void {
  books
    .command("opening")
    .argument("<instance>", "an accounting integration of the configuration")
    .description("list the prepayments held when the books begin, per booking")
    .option("--date <date>", "the first day of the books (default: startDate, else today)", day)
    .addOption(formatOption())
    .addHelpText("after", ABOUT_OPENING)
    .action(async (instance: string, options: { date?: string; format: BooksFormat }) => {
      await withBellhop(shell, (bellhop) => listOpening(shell, bellhop, { instance, ...options }));
    });
}

function formatOption(): Option {
  return new Option("--format <format>", "how it is written")
    .choices([...BOOKS_FORMATS])
    .default("text");
}

/** An option that is a month. */
function month(text: string): string {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return text;
  throw new InvalidArgumentError("Write a month such as 2026-10.");
}

function timeOf(command: Command, { since, until, month: only }: CheckOptions) {
  if (only !== undefined) {
    if (since !== undefined || until !== undefined) {
      command.error("error: --month says both: leave out --since and --until");
    }
    return { since: `${only}-01`, until: lastDayOf(only) };
  }
  const from = since ?? usualStart(Date.now());
  if (until !== undefined && until < from) command.error(`error: --until is before ${from}`);
  return { since: from, ...(until !== undefined && { until }) };
}

/** @param only `2026-10` */
function lastDayOf(only: string): string {
  const [year = 0, number = 1] = only.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}

function usualStart(nowMs: number): string {
  const now = new Date(nowMs);
  const first = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - USUAL_MONTHS, 1);
  return new Date(first).toISOString().slice(0, 10);
}
