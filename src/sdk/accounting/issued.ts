import type { LedgerEntry } from "../context.ts";
import type {
  AccountingDocument,
  CreditNote,
  Deposit,
  DocumentLine,
  Invoice,
  Payment,
  Refund,
} from "./document.ts";
import { merge, negated, sumOf } from "./booking-lines.ts";
import type { NotedDocument, Opening } from "./noted.ts";

/** A document that has been made, or was begun and has to be made as it was begun. */
export interface Issued {
  document: AccountingDocument | NotedDocument;
  /** Of the target; absent: nobody knows yet whether it is there. */
  externalId?: string;
  /** Begun, and the end is not known. */
  isOpen: boolean;
}

/** What a ledger tells of documents, oldest first. What failed for certain was never made. */
export function issuedIn(ledger: readonly LedgerEntry[]): Issued[] {
  return ledger.flatMap(({ state, data, externalId }) => {
    const text = data?.["document"];
    if (state === "failed" || typeof text !== "string") return [];
    const document = JSON.parse(text) as Issued["document"];
    return [
      { document, isOpen: state === "started", ...(externalId !== undefined && { externalId }) },
    ];
  });
}

/** A document as a target is given it again: of an entry that is there, or is being made. */
export interface FiledDocument {
  document: AccountingDocument;
  /** `fjord/1201/invoice:1` */
  number: string;
  title: string;
}

/** The document of an entry of a period, if it is one that targets post. */
export function documentOf({ state, data }: LedgerEntry): FiledDocument | undefined {
  const { document: text, number, title } = data ?? {};
  const isPosted = state === "done" || state === "started";
  if (!isPosted || typeof text !== "string") return undefined;
  if (typeof number !== "string" || typeof title !== "string") return undefined;
  return { document: JSON.parse(text) as AccountingDocument, number, title };
}

/** An invoice with what has been done about it since. */
export interface InvoiceState {
  document: Invoice;
  /** What is still to be paid. */
  openMinor: number;
  /** What has not been given back by credit notes, line by line. */
  standing: DocumentLine[];
}

/** A deposit or a credit note with what is left of it. */
export interface Holding {
  document: Deposit | CreditNote;
  leftMinor: number;
}

/** What the documents of one booking come to. */
export class Standing {
  readonly invoices: InvoiceState[] = [];
  readonly holdings: Holding[] = [];
  readonly money: (Payment | Deposit | Refund)[] = [];
  readonly documents: Issued["document"][] = [];

  constructor(documents: readonly Issued["document"][] = []) {
    for (const document of documents) this.add(document);
  }

  add(document: Issued["document"]): void {
    this.documents.push(document);
    switch (document.kind) {
      case "invoice": {
        const { totalMinor, lines } = document;
        this.invoices.push({ document, openMinor: totalMinor, standing: [...lines] });
        break;
      }
      case "credit_note": {
        this.holdings.push({ document, leftMinor: document.totalMinor });
        const invoice = this.invoice(document.of);
        if (invoice) invoice.standing = subtract(invoice.standing, document.lines);
        break;
      }
      case "deposit":
        this.holdings.push({ document, leftMinor: document.totalMinor });
        this.money.push(document);
        break;
      case "payment":
        this.#pay(document.to, document.totalMinor);
        this.money.push(document);
        break;
      case "refund":
        this.#take(document.from, document.totalMinor);
        this.money.push(document);
        break;
      case "application":
        this.#take(document.from, document.totalMinor);
        this.#pay(document.to, document.totalMinor);
        break;
      case "write_off":
        this.#pay(document.to, document.totalMinor);
        break;
      case "opening":
        this.#begin(document);
        break;
      case "deferral":
      case "fee":
      case "takings":
      case "share":
      case "taking":
        break;
    }
  }

  /** What was invoiced before stands as an invoice that nothing is paid on any more. */
  #begin({ key, on, currency, party, lines }: Opening): void {
    if (lines.length === 0) return;
    const document: Invoice = {
      ...{ kind: "invoice", key, on, currency, party, lines, billTo: "" },
      totalMinor: sumOf(lines),
    };
    this.invoices.push({ document, openMinor: 0, standing: [...lines] });
  }

  invoice(key: string): InvoiceState | undefined {
    return this.invoices.find(({ document }) => document.key === key);
  }

  ofKind<K extends Issued["document"]["kind"]>(kind: K) {
    return this.documents.filter(
      (document): document is Extract<Issued["document"], { kind: K }> => document.kind === kind,
    );
  }

  /** The next free key of a kind: `invoice:2`. */
  nextKey(kind: Issued["document"]["kind"]): string {
    return `${kind}:${this.ofKind(kind).length + 1}`;
  }

  #pay(key: string, amountMinor: number): void {
    const invoice = this.invoice(key);
    if (invoice) invoice.openMinor -= amountMinor;
  }

  #take(key: string, amountMinor: number): void {
    const holding = this.holdings.find(({ document }) => document.key === key);
    if (holding) holding.leftMinor -= amountMinor;
    else this.#pay(key, -amountMinor);
  }
}

/** Lines are the same when they book the same thing, however they are worded. */
export function lineKey({ role, itemId, taxCode, ratePercent }: DocumentLine): string {
  return [role, itemId ?? "", taxCode ?? "", ratePercent ?? ""].join("|");
}

/** What is left of lines, thing by thing; those that come to nothing are left out. */
export function subtract(
  from: readonly DocumentLine[],
  less: readonly DocumentLine[],
): DocumentLine[] {
  return merge([...from, ...negated(less)], lineKey);
}
