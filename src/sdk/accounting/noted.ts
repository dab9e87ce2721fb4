import type { AccountingDocument, DocumentBase, DocumentLine } from "./document.ts";
import type { MoneyBooked } from "./money.ts";

// Not asked of the target: what was taken over from the time before, or what waits to be posted together
// with that of other bookings.

/** Where the books of a booking begin: what happened before is not posted. */
export interface Opening extends DocumentBase {
  kind: "opening";
  /** Invoiced before, by whatever did it then. */
  lines: DocumentLine[];
  /** Payments that are over and done with, or are in the deposit that was taken over. */
  payments: MoneyBooked[];
}

/** What a booking adds to the monthly invoice of its agent; negative lines take away. */
export interface Share extends DocumentBase {
  kind: "share";
  /** `2026-11` */
  month: string;
  /** Of the agent: a company, not a guest. */
  partyName: string;
  title: string;
  lines: DocumentLine[];
}

/** What a payment adds to the takings of a day. */
export interface Taking extends DocumentBase {
  kind: "taking";
  /** `2026-11-28` */
  day: string;
  method?: string;
  paymentId: string;
  lines: DocumentLine[];
}

export type NotedDocument = Opening | Share | Taking;

export function isNoted(document: AccountingDocument | NotedDocument): document is NotedDocument {
  return document.kind === "opening" || document.kind === "share" || document.kind === "taking";
}
