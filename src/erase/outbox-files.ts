import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * Deletes mails in the outbox that have one of the Message-IDs, or go to one of the addresses.
 *
 * @param emails In lower case.
 * @returns how many.
 */
export async function eraseMails(
  folder: string,
  ids: ReadonlySet<string>,
  emails: ReadonlySet<string>,
): Promise<number> {
  let count = 0;
  for (const name of await filesIn(folder)) {
    const path = join(folder, name);
    const head = headOf((await readFile(path)).toString("latin1"));
    const isMeant = ids.has(messageIdIn(head)) || namesOne(head, emails);
    if (!isMeant) continue;
    await rm(path, { force: true });
    count += 1;
  }
  return count;
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** With its lines as long as they were meant, and its words as they are read. */
function headOf(mail: string): string {
  const [head = ""] = mail.split(/\r?\n\r?\n/, 1);
  const joined = head.replaceAll(/\?=\r?\n[ \t]+=\?/g, "?==?").replaceAll(/\r?\n[ \t]+/g, " ");
  return joined.replaceAll(/=\?[^?]+\?([bq])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
    kind.toLowerCase() === "b" ? Buffer.from(text, "base64").toString("utf8") : quoted(text),
  );
}

function quoted(text: string): string {
  const bytes = text
    .replaceAll("_", " ")
    .replaceAll(/=([\dA-F]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

function messageIdIn(head: string): string {
  return /^message-id: *(<[^>]*>)/im.exec(head)?.[1] ?? "";
}

/** In whichever field: a rehearsal has the guest's address in the subject alone. */
function namesOne(head: string, emails: ReadonlySet<string>): boolean {
  const words = head.toLowerCase().split(/[\s<>()[\]",;:]+/);
  return words.some((word) => emails.has(word));
}
