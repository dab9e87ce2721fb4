import { createHash } from "node:crypto";

import { type HttpClient, RetryableError, type SimulatedAnswer, type SimulatedRequest } from "#sdk";

import { FakeBooks, Refusal, type Row, type Sheet } from "./books.ts";
import {
  putAllocation,
  putBankTransaction,
  putPayment,
  showBankTransaction,
  showPayment,
} from "./cash.ts";
import { putContact, putCreditNote, putInvoice, showCredit, showInvoice, update } from "./sales.ts";
import { matches } from "./where.ts";

export const TENANT = "11111111-1111-4111-8111-111111111111";

export interface Exchange {
  request: SimulatedRequest;
  status: number;
  body: unknown;
}

/** What befalls a call: nothing got there, or no answer came back. */
export type Mishap = "before" | "after" | undefined;

const PER_MINUTE = 60;
const PER_DAY = 5_000;
const MINUTE_MS = 60_000;

/** Xero's accounting API, as far as it is used here, with its rules and in the memory of a test. */
export class FakeXero {
  readonly books = new FakeBooks();
  readonly exchanges: Exchange[] = [];
  /** By its own clock. */
  nowMs = Date.UTC(2026, 2, 2, 8);
  /** Unlike the real one: 60 a minute would make the tests of stories wait. */
  perMinute = 1_000_000;
  perDay = 1_000_000;
  /** Whether a key that was used is answered as before. */
  remembersKeys = true;
  /** Tokens that have ended. */
  readonly ended = new Set<string>();
  /** Answers that come instead, one for each of the next calls. */
  readonly instead: SimulatedAnswer[] = [];
  mishap: (call: number) => Mishap = () => undefined;
  #calls: number[] = [];
  readonly #known = new Map<string, { hash: string; answer: SimulatedAnswer }>();

  /** What the real limits are. */
  limit(): void {
    this.perMinute = PER_MINUTE;
    this.perDay = PER_DAY;
  }

  get calls(): number {
    return this.exchanges.length;
  }

  /** In place of the network. */
  readonly http: HttpClient = {
    send: (sent) => {
      const { method = "GET", url, headers = {}, body } = sent;
      const mishap = this.mishap(this.exchanges.length + 1);
      const lost = () =>
        Promise.reject(new RetryableError("no answer from Xero", { mayHaveHappened: true }));
      if (mishap === "before") return lost();
      const answer = this.answer({
        ...{ method, url: url.replace(/^https?:\/\/[^/]+/, ""), headers },
        body: Buffer.from(body ?? ""),
      });
      if (mishap === "after") return lost();
      const bytes = Buffer.from(answer.body);
      return Promise.resolve({
        ...{ status: answer.status, headers: answer.headers ?? {}, body: bytes },
        text: () => bytes.toString("utf8"),
      });
    },
  };

  answer(request: SimulatedRequest): SimulatedAnswer {
    const answer = this.instead.shift() ?? this.#limited(request);
    const headers = { "content-type": "application/json", ...this.#limits(), ...answer.headers };
    this.exchanges.push({
      ...{ request, status: answer.status },
      body: answer.body.startsWith("{") ? (JSON.parse(answer.body) as unknown) : undefined,
    });
    return { ...answer, headers };
  }

  #limits(): Record<string, string> {
    const inMinute = this.#calls.filter((at) => at > this.nowMs - MINUTE_MS).length;
    return {
      "x-minlimit-remaining": String(Math.max(0, this.perMinute - inMinute)),
      "x-daylimit-remaining": String(Math.max(0, this.perDay - this.#calls.length)),
      "x-appminlimit-remaining": "9999",
    };
  }

  #limited(request: SimulatedRequest): SimulatedAnswer {
    const inMinute = this.#calls.filter((at) => at > this.nowMs - MINUTE_MS);
    const isDay = this.#calls.length >= this.perDay;
    if (isDay || inMinute.length >= this.perMinute) {
      const waitMs = isDay ? 3_600_000 : (inMinute[0] ?? 0) + MINUTE_MS - this.nowMs;
      return {
        status: 429,
        headers: {
          "retry-after": String(Math.ceil(waitMs / 1000)),
          "x-rate-limit-problem": isDay ? "day" : "minute",
        },
        body: "",
      };
    }
    this.#calls.push(this.nowMs);
    return this.#allowed(request);
  }

  #allowed(request: SimulatedRequest): SimulatedAnswer {
    const { headers } = request;
    const token = /^Bearer (\S+)$/.exec(headers["authorization"] ?? "")?.[1];
    if (token === undefined || this.ended.has(token)) {
      return problem(401, "Unauthorized", "TokenExpired: token expired at 03/02/2026 07:59:59");
    }
    if (headers["xero-tenant-id"] !== TENANT) {
      return problem(403, "Forbidden", "AuthenticationUnsuccessful");
    }
    return this.#once(request);
  }

  /** A key that is known is answered as before, with another body it is refused. */
  #once(request: SimulatedRequest): SimulatedAnswer {
    const key = request.headers["idempotency-key"];
    if (key === undefined) return this.#route(request);
    if (key.length > 128) return problem(400, "Bad Request", "Idempotency key is too long");
    const text = `${request.method} ${request.url} ${request.body.toString()}`;
    const hash = createHash("sha256").update(text).digest("hex");
    const known = this.#known.get(key);
    if (known) {
      return known.hash === hash
        ? known.answer
        : problem(400, "Bad Request", "Idempotency key was used with another request");
    }
    const answer = this.#route(request);
    if (answer.status === 200 && this.remembersKeys) this.#known.set(key, { hash, answer });
    return answer;
  }

  #route(request: SimulatedRequest): SimulatedAnswer {
    const url = new URL(request.url, "http://xero.example");
    const [name = "", id, part] = url.pathname.replace("/api.xro/2.0/", "").split("/");
    const text = request.body.toString();
    const given = text === "" ? {} : (JSON.parse(text) as Record<string, Row[]>);
    try {
      if (request.method === "GET") return this.#get(name, id, part, url.searchParams);
      return this.#write(name, id, part, given);
    } catch (error) {
      if (error instanceof Refusal) return refused(error.message, given[name]?.[0] ?? {});
      throw error;
    }
  }

  #get(
    name: string,
    id: string | undefined,
    part: string | undefined,
    query: URLSearchParams,
  ): SimulatedAnswer {
    if (part === "History") {
      const records = (this.books.history.get(id ?? "") ?? []).map((Details) => ({ Details }));
      return ok("HistoryRecords", records);
    }
    const rows = this.#rows(name);
    if (id !== undefined) {
      const idName = `${name.slice(0, -1)}ID`;
      const found = rows.filter((row) => row[idName] === id);
      return found.length > 0 ? ok(name, found) : problem(404, "Not Found", "no such resource");
    }
    const found = rows.filter((row) => matches(row, query.get("where")));
    const size = Number(query.get("pageSize") ?? 100);
    const page = Number(query.get("page") ?? 1);
    return ok(
      name === "Organisation" ? "Organisations" : name,
      query.has("page") ? found.slice((page - 1) * size, page * size) : found,
    );
  }

  #rows(name: string): Row[] {
    const { books } = this;
    const kinds: Record<string, () => Row[]> = {
      Organisation: () => [books.organisation],
      Accounts: () => books.accounts as unknown as Row[],
      TaxRates: () => books.taxRates,
      Contacts: () => books.contacts,
      Invoices: () => books.invoices.map((one) => showInvoice(books, one)),
      CreditNotes: () => books.creditNotes.map((one) => showCredit(books, one)),
      Prepayments: () => books.prepayments.map((one) => showCredit(books, one)),
      BankTransactions: () => books.bankTransactions.map((one) => showBankTransaction(books, one)),
      Payments: () => books.payments.map(showPayment),
    };
    const rows = kinds[name];
    if (!rows) throw new Error(`the fake has no ${name}`);
    return rows();
  }

  #write(
    name: string,
    id: string | undefined,
    part: string | undefined,
    given: Record<string, Row[]>,
  ): SimulatedAnswer {
    const { books } = this;
    const one = given[part ?? name]?.[0] ?? given["HistoryRecords"]?.[0] ?? {};
    if (part === "History") {
      const records = books.history.get(id ?? "") ?? [];
      books.history.set(id ?? "", [...records, String(one["Details"])]);
      return ok("HistoryRecords", [one]);
    }
    if (part === "Allocations") {
      return ok("Allocations", [putAllocation(books, this.#sheet(name, id), one)]);
    }
    if (id !== undefined) {
      const sheet = this.#sheet(name, id);
      update(books, sheet, one);
      return ok(name, [name === "Invoices" ? showInvoice(books, sheet) : showCredit(books, sheet)]);
    }
    const puts: Record<string, (books: FakeBooks, given: Row) => Row> = {
      ...{ Contacts: putContact, Invoices: putInvoice, CreditNotes: putCreditNote },
      ...{ Payments: putPayment, BankTransactions: putBankTransaction },
    };
    const put = puts[name];
    if (!put) throw new Error(`the fake writes no ${name}`);
    return ok(name, [put(books, one)]);
  }

  #sheet(name: string, id: string | undefined): Sheet {
    const { invoices, creditNotes, prepayments } = this.books;
    const idName = `${name.slice(0, -1)}ID`;
    const found = [...invoices, ...creditNotes, ...prepayments].find((one) => one[idName] === id);
    if (!found) throw new Refusal(`no ${name} ${String(id)}`);
    return found;
  }
}

function ok(name: string, rows: readonly Row[]): SimulatedAnswer {
  return { status: 200, body: JSON.stringify({ Id: TENANT, Status: "OK", [name]: rows }) };
}

function refused(Message: string, element: Row): SimulatedAnswer {
  const body = {
    ErrorNumber: 10,
    Type: "ValidationException",
    Message: "A validation exception occurred",
    Elements: [{ ...element, ValidationErrors: [{ Message }] }],
  };
  return { status: 400, body: JSON.stringify(body) };
}

function problem(Status: number, Title: string, Detail: string): SimulatedAnswer {
  return { status: Status, body: JSON.stringify({ Type: null, Title, Status, Detail }) };
}
