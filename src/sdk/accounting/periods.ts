import type { AccountingDocument } from "./document.ts";
import type { NotedDocument } from "./noted.ts";

/** The period of the books that a document is filed under. */
export function periodOf(document: AccountingDocument | NotedDocument): string {
  if (document.kind === "share") return sharesPeriod(document.month);
  return document.kind === "taking" ? takingsPeriod(document.day) : document.on.slice(0, 7);
}

/** Where a day's takings wait to be posted together. @param day `YYYY-MM-DD` */
export function takingsPeriod(day: string): string {
  return `takings ${day}`;
}

/** Where an agent's bookings of a month wait to be invoiced. @param month `YYYY-MM` */
export function sharesPeriod(month: string): string {
  return `shares ${month}`;
}
