import { PermanentError, RetryableError } from "#sdk";
import type { AccountingDocument, Posted, Posting } from "#sdk/accounting";

import type { CallContext } from "./client.ts";
import { XeroClient } from "./client.ts";
import type { XeroConfig } from "./config.ts";
import { contactOf } from "./contacts.ts";

/** Approving takes a person; asking more often would use up the calls of the day. */
const LOOK_AGAIN_MS = 60 * 60_000;

/** One document on its way to Xero, and what it is made with. */
export class Desk<D extends AccountingDocument = AccountingDocument> {
  readonly client: XeroClient;
  readonly config: XeroConfig;
  readonly posting: Posting<D>;

  constructor(posting: Posting<D>, context: CallContext, client = new XeroClient(context)) {
    this.posting = posting;
    this.config = context.config;
    this.client = client;
  }

  get document(): D {
    return this.posting.document;
  }

  get number(): string {
    return this.posting.number;
  }

  /** Of a write: `fjord/1201/invoice:1 approve`. */
  key(step: string): string {
    return `${this.number} ${step}`;
  }

  contact(): Promise<string> {
    return contactOf(this.client, this.posting.party);
  }

  /** Name of another document of the booking, in Xero. */
  numberOf(key: string): string {
    const { number, document } = this.posting;
    return number.slice(0, number.length - document.key.length) + key;
  }

  /** @throws PermanentError when it is not there, though it should be. */
  idOf(key: string): string {
    const id = this.posting.externalIdOf(key);
    if (id !== undefined) return id;
    throw new PermanentError(`${this.number}: ${key} has not been posted to Xero`);
  }

  /** Nothing can be paid, or set against, that nobody has approved. */
  waitFor(number: string): RetryableError {
    return new RetryableError(
      `${number} is a draft: approve it in Xero; Bellhop looks again within the hour`,
      { waitsAloneMs: LOOK_AGAIN_MS },
    );
  }
}

/** As `kind:ordinal`, whatever stands before it. */
export function kindIn(key: string): string {
  return (key.split("/").at(-1) ?? "").split(":")[0] ?? "";
}

const APP = "https://go.xero.com";

/** Pages of Xero that show a document. */
export const LINKS = {
  invoice: (id: string) => `${APP}/AccountsReceivable/View.aspx?InvoiceID=${id}`,
  creditNote: (id: string) => `${APP}/AccountsReceivable/ViewCreditNote.aspx?creditNoteID=${id}`,
  bankTransaction: (id: string) => `${APP}/Bank/ViewTransaction.aspx?bankTransactionID=${id}`,
};

export function posted(externalId: string, link: string): Posted {
  return { externalId, link };
}

/** Not any more: deleted or voided by a person. */
export function counts({ Status }: { Status: string }): boolean {
  return Status !== "DELETED" && Status !== "VOIDED";
}

export function isDraft({ Status }: { Status: string }): boolean {
  return Status === "DRAFT" || Status === "SUBMITTED";
}
