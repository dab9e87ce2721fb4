import type {
  AccountingDocument,
  DocumentKind,
  Posted,
  Posting,
  TargetContext,
} from "#sdk/accounting";
import { checkContext, memoryLog, memoryTokens, nothingElse } from "#sdk/testing";

import { XeroConfig } from "./config.ts";
import { xero } from "./target.ts";
import { SETTINGS } from "./testing/chart.ts";
import { FakeXero, TENANT } from "./testing/fake-xero.ts";

/** Shared by the tests of this folder. */

type Usual = "currency" | "on" | "party";

/** A document of a kind; what is usual may be left out. */
export type Given<K extends DocumentKind = DocumentKind> = {
  [D in AccountingDocument as D["kind"]]: Omit<D, Usual> & Partial<Pick<D, Usual>>;
}[K];

/** A bookkeeper's Bellhop beside a Xero of its own. */
export class Office {
  readonly fake: FakeXero;
  readonly config: XeroConfig;
  readonly log = memoryLog();
  /** The target's ids by key, as the ledger would have them. */
  readonly posted = new Map<string, string>();
  readonly context: TargetContext<XeroConfig>;

  constructor(settings: object = { documents: "final" }, fake = new FakeXero()) {
    this.fake = fake;
    this.config = XeroConfig.parse({ ...SETTINGS, ...settings });
    this.context = checkContextOf(this);
  }

  async post(parts: Given, more: Partial<Posting> = {}): Promise<Posted> {
    const result = await xero.post(this.posting(parts, more), this.context);
    this.posted.set(parts.key, result.externalId);
    return result;
  }

  posting(parts: Given, more: Partial<Posting> = {}): Posting {
    const document = { on: "2026-03-02", currency: "EUR", party: "fjord-cust-berg", ...parts };
    return {
      document: document,
      number: `fjord/1201/${parts.key}`,
      mayExist: false,
      party: { code: document.party, kind: "guest", name: "Kari Berg", email: "kari@example.com" },
      title: "Fjord walk, 2026-03-14, booking 1201",
      externalIdOf: (key) => this.posted.get(key),
      ...more,
    };
  }

  read(currency = "EUR") {
    return xero.read("fjord/1201/", currency, this.context);
  }

  /** `PUT Invoices`, in order. */
  calls(): string[] {
    return this.fake.exchanges.map(({ request: { method, url } }) => {
      const [path = ""] = url.replace("/api.xro/2.0/", "").split("?");
      return `${method} ${path.replaceAll(/[0-9a-f-]{36}/g, "…")}`;
    });
  }

  /** The body of the newest call of a kind. */
  sent(call: string): Record<string, unknown> {
    const index = this.calls().lastIndexOf(call);
    const text = this.fake.exchanges[index]?.request.body.toString() ?? "{}";
    const [rows] = Object.values(JSON.parse(text) as Record<string, Record<string, unknown>[]>);
    return rows?.[0] ?? {};
  }
}

function checkContextOf({ fake, config, log }: Office): TargetContext<XeroConfig> {
  return {
    ...nothingElse,
    ...checkContext(config),
    ...{ log, http: fake.http, tokens: memoryTokens({ tenantId: TENANT }) },
    clock: { now: () => fake.nowMs },
  };
}

/** 180 with 25 % tax in it. */
export const INVOICE: Given<"invoice"> = {
  kind: "invoice",
  key: "invoice:1",
  totalMinor: 18_000,
  billTo: "x",
  lines: [
    {
      description: "Fjord walk",
      role: "revenue",
      grossMinor: 18_000,
      taxMinor: 3_600,
      taxCode: "standard",
      ratePercent: "25",
      quantity: 2,
    },
  ],
};

export const DEPOSIT: Given<"deposit"> = {
  kind: "deposit",
  key: "deposit:1",
  totalMinor: 5_000,
  method: "card",
  paymentId: "p1",
};

export const PAYMENT: Given<"payment"> = {
  kind: "payment",
  key: "payment:1",
  to: "invoice:1",
  totalMinor: 18_000,
  method: "card",
  paymentId: "p2",
};

export const CREDIT_NOTE: Given<"credit_note"> = {
  kind: "credit_note",
  key: "credit_note:1",
  of: "invoice:1",
  totalMinor: 18_000,
  lines: INVOICE.lines,
};

export const APPLICATION: Given<"application"> = {
  kind: "application",
  key: "application:1",
  from: "deposit:1",
  to: "invoice:1",
  totalMinor: 5_000,
};
