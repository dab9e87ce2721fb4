import type { Issued } from "./issued.ts";
import { correctInvoices } from "./invoices.ts";
import { defer, takeFees, writeOff } from "./adjustments.ts";
import { begin } from "./opening.ts";
import { Desk, type Facts } from "./desk.ts";
import { applyCredits, applyHoldings, moveMoney } from "./settling.ts";
import { noteShare } from "./shares.ts";
import { noteTakings } from "./takings.ts";

export type { Facts } from "./desk.ts";

/**
 * The documents that bring the books to where the booking is, in the order in which they are posted.
 * None when they are there already: asked again after posting, the answer is empty. What is posted is
 * never changed, only followed by other documents.
 *
 * @throws PermanentError when the booking cannot be put into books as it is.
 */
export function nextDocuments(facts: Facts): Issued["document"][] {
  const desk = new Desk(facts);
  if (desk.currency === undefined) return [];
  begin(desk);
  if (desk.sale.policy === "takings") {
    noteTakings(desk);
    return desk.made;
  }
  if (desk.sale.billed === "month") noteShare(desk);
  if (desk.sale.billed === "invoice") correctInvoices(desk);
  applyCredits(desk);
  applyHoldings(desk);
  moveMoney(desk);
  applyHoldings(desk);
  defer(desk);
  takeFees(desk);
  writeOff(desk);
  return desk.made;
}
