import type { Booking, ConnectionDefaults, MailMessage, Reader, Templates } from "#sdk";

import type { Reminder, RemindersConfig } from "./config.ts";
import { reminderView } from "./reminder-view.ts";

/** What mails are made with. */
export interface Workshop {
  config: RemindersConfig;
  connection: ConnectionDefaults;
  templates: Templates;
}

/**
 * The mail without its recipient. It is written to the guest whoever gets it; agents and the office
 * are asked, in their own language, to pass it on.
 */
export async function composeMail(
  { booking, reminder, reader }: { booking: Booking; reminder: Reminder; reader: Reader },
  { config, connection, templates }: Workshop,
): Promise<Omit<MailMessage, "to" | "cc">> {
  const name = templateName(reminder);
  const language = booking.language ?? connection.language;
  const { passOn } = await templates.texts(name, connection.language);
  const view = {
    ...reminderView(booking, reminder, config.brand, connection.name),
    reader,
    ...(reader === "guest" || passOn === undefined ? {} : { passOn }),
  };
  const part = (file: string) => templates.render(name, file, language, view);
  const [subject, text, html] = await Promise.all([
    part("subject"),
    part("mail.txt"),
    part("mail.html"),
  ]);
  return { subject: subject.replaceAll(/[\s\p{Cc}]+/gu, " ").trim(), text: tidy(text), html };
}

export function templateName({ template }: Pick<Reminder, "template">): string {
  return `reminders/${template}`;
}

function tidy(text: string): string {
  return `${text
    .replaceAll(/[ \t]+$/gm, "")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim()}\n`;
}
