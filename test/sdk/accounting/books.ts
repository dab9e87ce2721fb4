import type { Booking } from "../../../src/sdk/booking.ts";
import type { AccountRole, AccountingDocument } from "../../../src/sdk/accounting/document.ts";
import type { Issued } from "../../../src/sdk/accounting/issued.ts";
import { type Facts, nextDocuments } from "../../../src/sdk/accounting/next-documents.ts";
import { parseAccountingSettings } from "./settings.ts";

type AnyDocument = Issued["document"];

/** The morning of 2 March 2026 in Oslo: twelve days before the walk. */
export const NOW = Date.UTC(2026, 2, 2, 8);

export const eur = (amountMinor: number) => ({ amountMinor, currency: "EUR" });

/** Anna walks along the fjord on 14 March for 180 euros. */
export function bookingOf(parts: Partial<Booking> = {}): Booking {
  return {
    connection: "fjord",
    reference: "1201",
    version: 1,
    status: "confirmed",
    title: "Fjord walk",
    start: { date: "2026-03-14", time: "09:00", timeZone: "Europe/Oslo" },
    customer: { id: "812", firstName: "Anna", lastName: "Berg", email: "anna@example.com" },
    items: [{ id: "1", name: "Fjord walk", productId: "walk", quantity: 2, price: eur(18_000) }],
    totals: { total: eur(18_000) },
    payments: [],
    madeAt: "2026-03-01T10:00:00Z",
    ...parts,
  };
}

/** Books that are kept for one booking, as an accountant would. */
export class Books {
  readonly documents: AnyDocument[] = [];
  readonly #settings: object;

  constructor(settings: object = {}) {
    this.#settings = settings;
  }

  /** Keeps what follows from a state of the booking. @returns what was added. */
  see(booking: Booking, parts: Partial<Facts> & { first?: number } = {}): AnyDocument[] {
    const { first, ...facts } = parts;
    const next = nextDocuments({
      booking,
      issued: [...this.documents],
      settings: parseAccountingSettings(this.#settings),
      nowMs: NOW,
      ...facts,
    }).slice(0, first);
    this.documents.push(...next);
    return next;
  }

  /** Debit less credit of every account, in minor units of all currencies together. */
  balances(): Partial<Record<AccountRole, number>> {
    const sums: Partial<Record<AccountRole, number>> = {};
    for (const document of this.documents) {
      for (const [role, amount] of entriesOf(document, this.documents)) {
        sums[role] = (sums[role] ?? 0) + amount;
      }
    }
    return Object.fromEntries(Object.entries(sums).filter(([, amount]) => amount !== 0));
  }
}

/** `invoice:1 180.00` */
export function short(documents: readonly AnyDocument[]): string[] {
  return documents.map(({ key, totalMinor }) => `${key} ${(totalMinor / 100).toFixed(2)}`);
}

type Entry = [AccountRole, number];

/** What a document does to the accounts. */
export function entriesOf(document: AnyDocument, all: readonly AnyDocument[]): Entry[] {
  const { kind, totalMinor } = document;
  const isDeposit = (key: string) => all.find((one) => one.key === key)?.kind === "deposit";
  const holder = (key: string): AccountRole => (isDeposit(key) ? "prepayments" : "receivable");
  switch (kind) {
    case "invoice":
      return [["receivable", totalMinor], ...lineEntries(document, -1)];
    case "credit_note":
      return [["receivable", -totalMinor], ...lineEntries(document, 1)];
    case "payment":
      return [
        ["clearing", totalMinor],
        ["receivable", -totalMinor],
      ];
    case "deposit":
      return [
        ["clearing", totalMinor],
        ["prepayments", -totalMinor],
      ];
    case "refund":
      return [
        ["clearing", -totalMinor],
        [holder(document.from), totalMinor],
      ];
    case "application":
      return [
        [holder(document.from), totalMinor],
        ["receivable", -totalMinor],
      ];
    case "deferral":
      return [
        ["revenue", totalMinor],
        ["deferred", -totalMinor],
      ];
    case "fee":
      return [
        ["fees", totalMinor],
        ["clearing", -totalMinor],
      ];
    case "write_off":
      return [
        ["rounding", totalMinor],
        ["receivable", -totalMinor],
      ];
    case "takings":
      return [["clearing", totalMinor], ...lineEntries(document, -1)];
    case "opening":
    case "share":
    case "taking":
      return [];
  }
}

function lineEntries({ lines }: Extract<AccountingDocument, { lines: unknown }>, sign: 1 | -1) {
  return lines.flatMap(({ role, grossMinor, taxMinor }): Entry[] => [
    [role, sign * (grossMinor - taxMinor)],
    ["tax", sign * taxMinor],
  ]);
}
