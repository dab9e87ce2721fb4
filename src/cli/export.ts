import type { Command } from "commander";

import type { GuestFile } from "../erase/disclosure.ts";
import { email } from "./email-option.ts";
import { nobodyHint } from "./nobody-hint.ts";
import { withBellhop } from "./open.ts";
import type { Shell } from "./shell.ts";
import { writeWhole } from "./write-whole.ts";

interface ExportOptions {
  email: string;
  out: string;
}

/** `bellhop export --email ADDRESS --out FILE` */
export function addExportCommand(program: Command, shell: Shell): void {
  program
    .command("export")
    .description("write down all that is kept of a guest, for the guest to read")
    .requiredOption("--email <address>", "an address that the guest has booked with", email)
    .requiredOption("--out <file>", "where to write it, as JSON")
    .addHelpText("after", ABOUT)
    .action(async ({ email: address, out }: ExportOptions) => {
      await withBellhop(shell, async ({ disclosure, settings }) => {
        const { guests, besides } = await disclosure.of(address);
        if (guests.every(isEmpty) && Object.values(besides).every((all) => all.length === 0)) {
          shell.write(`Nothing is kept of ${address}. No file was written.\n`);
          shell.write(nobodyHint(settings));
          return;
        }
        const content = JSON.stringify({ email: address, guests, besides }, undefined, 2);
        const file = writeWhole(out, Buffer.from(`${content}\n`));
        shell.write(`Written: ${file} (${wordsOf(guests)})\n`);
        refuseHalf(guests);
      });
    });
}

const ABOUT = `
Bookings, what happened to them, the booking system's calls as they came, what was done, and what
integrations such as a CRM hold of the guest. Several guests are in it when they share the address: look
before you hand it over.

Exit codes: 0 done, 1 an integration could not be asked and is named, 2 wrong usage.
`;

function isEmpty({ bookings, elsewhere }: GuestFile): boolean {
  return bookings.length === 0 && elsewhere.length === 0;
}

function wordsOf(guests: readonly GuestFile[]): string {
  const bookings = guests.reduce((sum, guest) => sum + guest.bookings.length, 0);
  const who = guests.length === 1 ? "1 guest" : `${guests.length} guests who share the address`;
  return `${who}, ${bookings} booking${bookings === 1 ? "" : "s"}`;
}

function refuseHalf(guests: readonly GuestFile[]): void {
  const failed = guests.flatMap(({ elsewhere }) => elsewhere).filter(({ held }) => !held);
  if (failed.length === 0) return;
  const lines = failed.map(({ instance, failed: why = "" }) => `${instance} (${why})`);
  throw new Error(`could not be asked, so what they hold is not in the file: ${lines.join(", ")}`);
}
