import type { Command } from "commander";

import type { Erased, Erasure } from "../erase/eraser.ts";
import type { Guest } from "../erase/guests.ts";
import type { Booking } from "../sdk/booking.ts";
import { email } from "./email-option.ts";
import { nobodyHint } from "./nobody-hint.ts";
import { type OpenBellhop, withBellhop } from "./open.ts";
import type { Shell } from "./shell.ts";

interface EraseOptions {
  email: string;
  dryRun?: true;
  yes?: true;
}

const MOST_LISTED = 10;

/** `bellhop erase --email ADDRESS [--dry-run] [--yes]` */
export function addEraseCommand(program: Command, shell: Shell): void {
  program
    .command("erase")
    .description("erase a guest: here, and wherever integrations keep them")
    .requiredOption("--email <address>", "an address that the guest has booked with", email)
    .option("--dry-run", "only say who that is and where they would be erased")
    .option("--yes", "ask nothing")
    .addHelpText("after", ABOUT)
    .action(async (options: EraseOptions) => {
      await withBellhop(shell, (bellhop) => eraseOrSay(shell, bellhop, options), "error");
    });
}

const ABOUT = `
Everybody who has booked with the address is erased, with all their bookings: names, addresses, numbers,
notes and form items, in states, events, notifications as they came, and mails in the outbox. What was
sold, when and for how much stays, and the booking goes on without a guest: what its source still tells of
them is not kept. Integrations that keep people erase them too; those that cannot be reached are named,
and the same command tries them again. The books keep what they were given. It cannot be undone. You are
asked first; without a terminal, as in a script, nothing is asked.

Erase the guest in the booking system as well; and backups made before still hold them.

Exit codes: 0 done, 1 some place has not erased them and is named, 2 wrong usage.
`;

async function eraseOrSay(
  shell: Shell,
  { eraser, settings }: OpenBellhop,
  { email: address, dryRun, yes }: EraseOptions,
): Promise<void> {
  const guests = await (dryRun ? eraser.look(address) : eraser.find(address));
  const places = ["here", ...eraser.asked].join(", ");
  const isKnown = guests.some(({ bookings }) => bookings.length > 0);
  shell.write(`${address}: ${wordsOf(guests)}.\n${isKnown ? "" : nobodyHint(settings)}`);
  if (dryRun) {
    const verb = isKnown ? "erased" : "looked for";
    shell.write(`Would be ${verb}: ${places}. Nothing was done.\n`);
    return;
  }
  const question = `Erase all of that (${places})? It cannot be undone.`;
  if (!yes && shell.isTerminal && !(await shell.confirm(question))) {
    shell.write("Nothing was erased.\n");
    return;
  }
  tell(shell, await eraser.erase(guests, address));
}

/** @throws Error that names the places that could not be reached, or refuse. */
function tell(shell: Shell, { here, reached, told, isSure }: Erasure): void {
  shell.write(`Erased here: ${hereWords(here)}.\n`);
  for (const { instance, done, skipped, failed } of reached) {
    if (failed === undefined) shell.write(`${instance}: ${done ?? skipped ?? ""}\n`);
  }
  if (told.length > 0) {
    shell.write(
      `Told of the bookings, and not able to erase by themselves: ${told.join(", ")}. ` +
        "Look there by hand, where no law asks to keep it.\n",
    );
  }
  const lines = reached.flatMap(({ instance, failed }) =>
    failed === undefined ? [] : [`not erased at ${instance}: ${failed}`],
  );
  if (!isSure)
    lines.push("Bellhop was at work on the bookings all the time and may still know them");
  if (lines.length === 0) return;
  throw new Error(
    `${lines.join("\nbellhop: ")}\nbellhop: the same command tries again; it goes on where it was`,
  );
}

function wordsOf(guests: readonly Guest[]): string {
  const bookings = guests.flatMap((guest) => guest.bookings);
  if (bookings.length === 0) return "no booking is known, or none any more";
  const who = guests.length === 1 ? "1 guest" : `${guests.length} guests who share it`;
  return `${who}, ${listOf(bookings)}`;
}

/** Without anybody's name: what is printed may end in a log. */
function listOf(bookings: readonly Booking[]): string {
  const listed = bookings
    .slice(0, MOST_LISTED)
    .map(({ connection, reference, start }) =>
      [`${connection} ${reference}`, ...(start ? [`(${start.date})`] : [])].join(" "),
    );
  const rest = bookings.length - listed.length;
  const all = [...listed, ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
  return `${counted(bookings.length, "booking")}: ${all}`;
}

function hereWords({ bookings, events, deliveries, mails }: Erased): string {
  if (bookings + events + deliveries + mails === 0) return "nothing, as nothing was kept";
  return [
    counted(bookings, "booking"),
    counted(events, "event"),
    counted(deliveries, "notification"),
    counted(mails, "mail"),
  ].join(", ");
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
