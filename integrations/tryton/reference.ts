import { PermanentError } from "#sdk";
import type { Posted, Posting } from "#sdk/accounting";

import { findInvoice } from "./find-invoice.ts";
import type { Desk } from "./desk.ts";
import { findMove } from "./entry.ts";

/**
 * Tryton's reference of an earlier document of the same booking: by the id that was noted when it was
 * posted, else by its number.
 */
export async function referenceOf(key: string, posting: Posting, desk: Desk): Promise<string> {
  const known = posting.externalIdOf(key);
  if (known !== undefined) return known;
  const number = numberOf(key, posting);
  const invoice = await findInvoice(number, desk);
  if (invoice !== undefined) return `account.invoice,${invoice.id}`;
  const move = await findMove(number, desk);
  if (move !== undefined) return `account.move,${move.id}`;
  throw new PermanentError(`Tryton has no document ${number}, which ${posting.number} speaks of`);
}

/** `fjord/1201/invoice:1`, seen from `fjord/1201/payment:2`. */
function numberOf(key: string, { number, document }: Posting): string {
  return number.slice(0, number.length - document.key.length) + key;
}

/** @param externalId Tryton's reference of a record; its own web client has it at this address. */
export function postedBy(externalId: string, { config }: Pick<Desk, "config">): Posted {
  const [model, id] = externalId.split(",");
  return { externalId, link: `${config.url}/#${config.database}/model/${model}/${id}` };
}
