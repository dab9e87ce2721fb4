import type { Tally } from "../simulate/player.ts";
import type { DemoSetup } from "./demo-settings.ts";
import { type MailBox, pdfOf } from "./mail-box.ts";
import type { Counts } from "./storyteller.ts";

export interface Places {
  hubPort: number;
  mailPort: number;
  outputFolder: string;
}

/** What a newcomer should look at, and how it ends. */
export function welcome({ settings, systems }: DemoSetup, places: Places, isOnce: boolean): string {
  const { hubPort, mailPort, outputFolder } = places;
  const hub = `http://localhost:${hubPort}`;
  const played = systems.map(({ name, operator }) => `${operator} (${name})`).join(" and ");
  return [
    "",
    "Bellhop demo",
    "",
    `Two booking systems are played on this machine: ${played}.`,
    "They call Bellhop as the real ones would; Bellhop mails vouchers and reminders to a mail catcher,",
    "and keeps the books of bookings and payments in a plain-text journal.",
    "No account is needed, and nothing leaves this machine.",
    "",
    `  Mails and vouchers   http://localhost:${mailPort}`,
    `  The same as files    ${outputFolder}/`,
    `  The books            ${journalIn(outputFolder)} (plain text)`,
    `  hledger reads them   hledger -f ${journalIn(outputFolder)} balance`,
    `  Bellhop itself       ${hub}/readyz, ${hub}/metrics`,
    `  Its API              curl -H "Authorization: Bearer ${settings.apiToken ?? ""}" ${hub}/api/v1/status`,
    "",
    ...(isOnce ? [] : ["Ctrl-C ends it.", ""]),
    "",
  ].join("\n");
}

/** After one round. */
export function summary(tally: Tally, counts: Counts, box: MailBox, folder: string): string {
  const answers = [...tally.answers].map(([status, count]) => `${count} × ${status}`).join(", ");
  return `\n${tally.calls} calls (${tally.repeats} of them repeats), answered ${answers}.\n${closing(counts, box, folder)}`;
}

/** At the end. */
export function closing(counts: Counts, box: MailBox, folder: string): string {
  const mails = box.mails[0]?.number ?? 0;
  const vouchers = box.mails.filter((mail) => pdfOf(mail) !== undefined).length;
  return [
    "",
    `${counts.events} events, ${counts.duplicates} calls that said nothing new, ` +
      `${counts.troubles} that need a person.`,
    `${mails} mails, ${vouchers} of them with a voucher: see ${folder}/`,
    `${counts.postings} times something came into the books: see ${journalIn(folder)}`,
    "",
    'Next: "bellhop init" writes a configuration for your own booking system.',
    "",
  ].join("\n");
}

function journalIn(folder: string): string {
  return `${folder}/books/main.journal`;
}
