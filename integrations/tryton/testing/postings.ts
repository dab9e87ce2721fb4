import type {
  AccountingDocument,
  BooksView,
  DocumentLine,
  Invoice,
  Party,
  Posted,
  Posting,
  TargetContext,
} from "#sdk/accounting";

import type { TrytonConfig } from "../config.ts";
import { trytonTarget } from "../target.ts";

export const GUEST: Party = {
  code: "fjord-cust-812",
  kind: "guest",
  name: "Kari Nordmann",
  email: "kari@example.test",
  phone: "+47 22 85 50 50",
  street: "Bryggen 12",
  city: "Bergen",
  postcode: "5003",
  country: "NO",
};

type OptionalKeys = "key" | "on" | "currency" | "party";
type Partly<D> = D extends AccountingDocument
  ? Omit<D, OptionalKeys> & Partial<Pick<D, OptionalKeys>>
  : never;

/** The documents of one booking on their way into the books, each with the next ordinal of its kind. */
export interface BookingFile {
  prefix: string;
  /** Posted so far, by key. */
  posted: ReadonlyMap<string, Posted>;
  posting(document: Partly<AccountingDocument>, parts?: Partial<Posting>): Posting;
  post(document: Partly<AccountingDocument>, parts?: Partial<Posting>): Promise<Posted>;
  repost(posting: Posting): Promise<Posted>;
  /** What was posted elsewhere is known here. */
  note(key: string, posted: Posted): void;
  read(currency?: string): Promise<BooksView>;
}

let bookings = 0;

export function bookingFile(
  context: TargetContext<TrytonConfig>,
  defaults: { on?: string; currency?: string; party?: Party } = {},
): BookingFile {
  bookings += 1;
  const { on = "2026-03-02", currency = "EUR", party = GUEST } = defaults;
  const prefix = `fjord/${process.pid}-${bookings}/`;
  const ordinals = new Map<string, number>();
  const posted = new Map<string, Posted>();
  const file: BookingFile = {
    prefix,
    posted,
    posting: (document, parts = {}) => {
      const ordinal = (ordinals.get(document.kind) ?? 0) + 1;
      ordinals.set(document.kind, ordinal);
      const whole = {
        ...{ key: `${document.kind}:${ordinal}`, on, currency, party: party.code },
        ...document,
      };
      return {
        document: whole,
        number: `${prefix}${whole.key}`,
        mayExist: false,
        party,
        title: `Fjord walk, booking ${bookings}`,
        externalIdOf: (key) => posted.get(key)?.externalId,
        ...parts,
      };
    },
    post: (document, parts) => file.repost(file.posting(document, parts)),
    repost: async (posting) => {
      const result = await trytonTarget.post(posting, context);
      file.note(posting.document.key, result);
      return result;
    },
    note: (key, result) => posted.set(key, result),
    read: (readCurrency = currency) => trytonTarget.read(prefix, readCurrency, context),
  };
  return file;
}

/** One line at 21 %, tax included. */
export function line(grossMinor: number, parts: Partial<DocumentLine> = {}): DocumentLine {
  const taxMinor = Math.round((grossMinor * 21) / 121);
  return {
    description: "Fjord walk",
    role: "revenue",
    ...{ grossMinor, taxMinor, taxCode: "standard", ratePercent: "21" },
    ...parts,
  };
}

export function untaxed(grossMinor: number, parts: Partial<DocumentLine> = {}): DocumentLine {
  return { description: "Fjord walk", role: "revenue", grossMinor, taxMinor: 0, ...parts };
}

/** An invoice over these lines. */
export function invoice(
  ...lines: DocumentLine[]
): Pick<Invoice, "kind" | "totalMinor" | "lines" | "billTo"> {
  return { kind: "invoice", ...withTotal(lines), billTo: "hash" };
}

export function withTotal(lines: DocumentLine[]) {
  return { lines, totalMinor: lines.reduce((sum, { grossMinor }) => sum + grossMinor, 0) };
}

/** As documents and balances are compared in the tests: `{ "invoice:1": 12100 }`. */
export function totalsOf({ documents }: BooksView, prefix: string): Record<string, number> {
  return Object.fromEntries(
    documents.map(({ number, totalMinor }) => [number.slice(prefix.length), totalMinor]),
  );
}
