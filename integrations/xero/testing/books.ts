import { ACCOUNTS, type FakeAccount, TAX_RATES } from "./chart.ts";

/** Any row as it is kept: Xero's own names. */
export type Row = Record<string, unknown>;

/** What lines come to. */
export interface Sums {
  CurrencyCode: string;
  LineAmountTypes: string;
  LineItems: Line[];
  SubTotal: number;
  TotalTax: number;
  Total: number;
}

/** A document with lines. */
export interface Sheet extends Row, Sums {
  Status: string;
  ContactID: string;
  TotalTax: number;
  Total: number;
  /** Cents that have been paid, or set against it. */
  used: number;
}

export interface Line {
  Description: string;
  Quantity: number;
  UnitAmount: number;
  LineAmount: number;
  TaxAmount: number;
  AccountCode?: string;
  TaxType: string;
}

/** What Xero refuses, in its words. */
export class Refusal extends Error {}

/** The organisation's books, and the rules that all documents share. */
export class FakeBooks {
  #ids = 0;
  accounts: FakeAccount[] = ACCOUNTS.map((one) => ({ ...one }));
  taxRates = TAX_RATES.map((one) => ({ ...one }));
  organisation: Row = {
    ...{ OrganisationID: this.newId(), Name: "Fjord Walks AS", BaseCurrency: "EUR" },
    ...{ CountryCode: "NO", IsDemoCompany: false, OrganisationStatus: "ACTIVE" },
  };
  readonly contacts: Row[] = [];
  readonly invoices: Sheet[] = [];
  readonly creditNotes: Sheet[] = [];
  readonly prepayments: Sheet[] = [];
  readonly bankTransactions: Sheet[] = [];
  readonly payments: Row[] = [];
  readonly allocations: Row[] = [];
  readonly history = new Map<string, string[]>();
  /** What Xero's own arithmetic makes of totals, to see that somebody looks. */
  offBy = 0;

  newId(): string {
    this.#ids += 1;
    return `00000000-0000-4000-8000-${String(this.#ids).padStart(12, "0")}`;
  }

  account(code: unknown): FakeAccount {
    const found = this.accounts.find(({ Code }) => Code === code);
    if (found?.Status === "ACTIVE") return found;
    throw new Refusal(`Account code '${String(code)}' is not a valid code for this document.`);
  }

  bankAccount(code: unknown): FakeAccount {
    const found = this.account(code);
    if (found.Type === "BANK") return found;
    throw new Refusal(`Account ${String(code)} is not a bank account`);
  }

  /** Lines and sums, worked out as Xero does. */
  sheet(given: Row, currency: string): Sums {
    const LineAmountTypes = textOf(given["LineAmountTypes"], "Exclusive");
    const LineItems = ((given["LineItems"] ?? []) as Row[]).map((line) =>
      this.#line(line, LineAmountTypes),
    );
    if (LineItems.length === 0) throw new Refusal("One or more line items must be specified");
    const amount = sum(LineItems.map(({ LineAmount }) => LineAmount));
    const TotalTax = sum(LineItems.map(({ TaxAmount }) => TaxAmount));
    const isInclusive = LineAmountTypes === "Inclusive";
    const Total = round(this.offBy + (isInclusive ? amount : amount + TotalTax));
    const SubTotal = round(Total - TotalTax);
    if (Total < 0) throw new Refusal("The document total must be greater than or equal to zero");
    return { LineAmountTypes, LineItems, SubTotal, TotalTax, Total, CurrencyCode: currency };
  }

  #line(given: Row, amounts: string): Line {
    const quantity = Number(given["Quantity"] ?? 1);
    const unit = Number(given["UnitAmount"] ?? given["LineAmount"] ?? 0);
    if (typeof given["Description"] !== "string" || given["Description"] === "") {
      throw new Refusal("Description cannot be empty");
    }
    if (quantity < 0) throw new Refusal("Quantity must be zero or positive");
    const LineAmount = round(quantity * unit);
    const taxType = amounts === "NoTax" ? "NONE" : textOf(given["TaxType"], "NONE");
    const rate = this.taxRates.find((one) => one.TaxType === taxType && one.Status === "ACTIVE");
    if (!rate) throw new Refusal(`The TaxType code '${taxType}' does not exist or cannot be used`);
    const { EffectiveRate: percent } = rate;
    const worked =
      amounts === "Inclusive"
        ? (LineAmount * percent) / (100 + percent)
        : (LineAmount * percent) / 100;
    const code = given["AccountCode"];
    return {
      ...{ Description: given["Description"], Quantity: quantity, UnitAmount: unit, LineAmount },
      ...{ TaxType: taxType, TaxAmount: round(Number(given["TaxAmount"] ?? worked)) },
      ...(code !== undefined && { AccountCode: this.#lineAccount(code) }),
    };
  }

  #lineAccount(code: unknown): string {
    const { Code, Type, SystemAccount } = this.account(code);
    if (Type === "BANK" || SystemAccount === "DEBTORS" || SystemAccount === "GST") {
      throw new Refusal(`Account code '${Code}' is not a valid code for this document.`);
    }
    return Code;
  }

  contactOf(given: Row): string {
    const { ContactID } = (given["Contact"] ?? {}) as Row;
    const found = this.contacts.find((one) => one["ContactID"] === ContactID);
    if (!found) throw new Refusal("A Contact must be specified for this type of transaction");
    return String(ContactID);
  }

  /** @throws Refusal when it lies in a period that has been closed. */
  date(given: unknown): string {
    const date = String(given);
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new Refusal("Not a valid Date");
    const lock = this.organisation["PeriodLockDate"];
    if (typeof lock === "string" && date <= lock) {
      throw new Refusal("The document date cannot be before the period lock date");
    }
    return date;
  }
}

export function round(amount: number): number {
  return Math.round((amount + Number.EPSILON * Math.sign(amount)) * 100) / 100;
}

export function sum(amounts: readonly number[]): number {
  return round(amounts.reduce((total, amount) => total + amount, 0));
}

/** What of a document nobody has paid, or used, yet. */
export function leftOf({ Total, used }: Sheet): number {
  return round(Total - used);
}

export function textOf(value: unknown, otherwise = ""): string {
  return typeof value === "string" ? value : otherwise;
}

export function without(row: Row, ...names: readonly string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));
}
