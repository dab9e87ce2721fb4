import type { InitAnswers } from "./init-questions.ts";
import type { InitSetting, InitSource } from "./init-source.ts";
import { yamlLine } from "./yaml-line.ts";

/** `bellhop.yaml` with a comment for each key. */
export function configText(
  answers: InitAnswers,
  sources: readonly InitSource[],
  schemaPath: string | undefined,
): string {
  return [
    ...(schemaPath === undefined ? [] : [`# yaml-language-server: $schema=${schemaPath}`]),
    "# What Bellhop does, and for whom. Secrets are in .env: ${NAME} takes the place of its value.",
    '# After a change: "bellhop check", then a restart.',
    "",
    "mail:",
    "  # rehearsal: the office gets every mail instead of the guest. live: guests get them.",
    "  mode: rehearsal",
    "  # Gets rehearsal mails, and notes that need a person. Without it mails are only written to files.",
    `  ${setting("office", answers.office, "office@example.com")}`,
    "",
    "# Accounts at booking systems. Their names are part of the callback URLs.",
    "connections:",
    ...sources.flatMap((source, index) => [
      ...(index > 0 ? [""] : []),
      ...connectionLines(source, answers),
    ]),
    "",
    "# What follows from a booking.",
    "integrations:",
    "  # Mails a PDF voucher when a booking is confirmed or changed, and tells of its end.",
    "  voucher-mail:",
    "    # Only some of the events:",
    `    # when: { connections: [${sources.map(({ id }) => id).join(", ")}] }`,
    "    settings:",
    "      # Folder below templates/voucher-mail; your own goes below a folder of templatePaths.",
    "      template: default",
    "  # Mails guests before and after their trip, at the moments below.",
    "  reminders: {}",
    "  # Mails the office every morning what was booked, changed, cancelled and paid.",
    "  # digest: {}",
    ...booksLines(answers),
    "",
    "# Calendars that Google, Outlook or a phone subscribe to, read-only: see docs/calendars.md.",
    "# A secret for each goes into .env, such as the output of: openssl rand -hex 24",
    "# calendars:",
    '#   everything: { name: Bookings, tokens: ["${EVERYTHING_CALENDAR}"] }',
    "",
    "# Moments around each booking. A reminder of another name needs a template: see docs/time.md.",
    "timers:",
    "  # Not at night: what would be due between these hours comes in the morning.",
    "  - name: reminder",
    "    relativeTo: start",
    '    offset: "-48h"',
    '    quietHours: { from: "21:00", to: "08:00" }',
    "  # Thanks on the day after, with a link for reviews under integrations.reminders.settings:",
    '  # - { name: thanks, relativeTo: end, offset: "+1d at 10:00" }',
    "",
  ].join("\n");
}

function booksLines({ keepsBooks }: InitAnswers): string[] {
  const about =
    "  # Keeps books of bookings and payments: data/books/main.journal, plain text for hledger and ledger.";
  if (keepsBooks !== true) return [about, "  # ledger-file: {}"];
  return [
    about,
    "  ledger-file:",
    "    settings:",
    "      # When income arises. deposit: at the service, and money before it is owed; invoice: at booking.",
    "      policy: deposit",
    "      # Taxes inside your prices, by name; without any, the rates that the booking system tells.",
    '      # taxes: { standard: { ratePercent: "21" } }',
    "      # More about these: docs/books.md and integrations/ledger-file/README.md",
  ];
}

function connectionLines(source: InitSource, { name, language }: InitAnswers): string[] {
  return [
    `  ${source.id}:`,
    `    source: ${source.id}`,
    "    # Secrets of the callback URL, newest first. A second one keeps the old URL alive for a while.",
    `    tokens: ["\${${source.tokenVariable}}"]`,
    "    # Your name as guests know it.",
    `    ${setting("name", name, "Fjord Walks")}`,
    "    # Language of guests who have not chosen one.",
    `    ${yamlLine("language", language)}`,
    "    # Bookings made before are no news. Without it: those made before the first start.",
    "    # since: 2026-11-01",
    "    # Sender of mails to guests. Without it: MAIL_FROM.",
    '    # mail: { from: "post@example.com", replyTo: "post@example.com" }',
    `    # More about these: integrations/${source.id}/README.md`,
    "    settings:",
    ...source.settings.flatMap((one) => [
      ...comment(one.description).map((line) => `      ${line}`),
      `      ${settingLine(one)}`,
    ]),
  ];
}

function settingLine({ key, standard, value, variable }: InitSetting): string {
  if (variable !== undefined) return `${key}: "\${${variable}}"`;
  if (value !== undefined) return yamlLine(key, value);
  return standard === undefined ? `${key}: ""` : `# ${yamlLine(key, standard)}`;
}

/** A key with its value, or as an example behind a comment sign. */
function setting(key: string, value: string | undefined, example: string): string {
  return value === undefined ? `# ${key}: ${example}` : yamlLine(key, value);
}

const COMMENT_WIDTH = 90;

/** A comment in lines of readable length. */
export function comment(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length < COMMENT_WIDTH) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else {
      lines.push(`# ${word}`);
    }
  }
  return lines;
}
