import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Database } from "../db/database.ts";
import { fileName, isMessageId } from "../mail/mail-name.ts";
import type { Booking } from "../sdk/booking.ts";

interface MailRow {
  handler: string;
  scope: string;
  effect_key: string;
  external_id: string | null;
}

/**
 * Deletes mails in the outbox that are about the bookings, or to the address.
 *
 * @returns how many.
 */
export async function eraseMails(
  db: Database,
  folder: string,
  bookings: readonly Booking[],
  emails: readonly string[],
): Promise<number> {
  const about = new Set<string>();
  for (const booking of bookings) for (const name of await mailsAbout(db, booking)) about.add(name);
  let count = 0;
  for (const name of await filesIn(folder)) {
    const path = join(folder, name);
    if (!about.has(name) && !(await names(path, emails))) continue;
    await rm(path, { force: true });
    count += 1;
  }
  return count;
}

/** Each is called after the effect that it was. */
async function mailsAbout(
  { knex }: Database,
  { connection, reference: subject }: Booking,
): Promise<string[]> {
  const rows: MailRow[] = await knex("effects")
    .where({ subject })
    .where({ connection })
    .select("handler", "scope", "effect_key", "external_id");
  return rows
    .filter(({ external_id: id }) => isMessageId(id ?? ""))
    .map(({ handler, scope, effect_key: key }) => fileName([handler, scope, key].join("|")));
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function names(path: string, emails: readonly string[]): Promise<boolean> {
  const text = (await readFile(path, "latin1")).toLowerCase();
  return emails.some((email) => text.includes(email));
}
