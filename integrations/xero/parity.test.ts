import { afterAll, beforeAll, expect, it } from "vitest";
import { AccountingApi } from "xero-node";

import type { SimulatedRequest } from "#sdk";
import { vendorServer, type VendorServer } from "#sdk/testing";

import { TENANT } from "./testing/fake-xero.ts";
import { begin, STORIES } from "./testing/stories.ts";

// Xero's own library is told the same and sent to a server of ours: what it asks must be what we ask.

let server: VendorServer;
const api = new AccountingApi();

beforeAll(async () => {
  server = await vendorServer(() => ({ status: 200, headers: JSON_TYPE, body: "{}" }));
  api.basePath = `${server.url}/api.xro/2.0`;
  api.accessToken = "token-1";
});
afterAll(() => server.close());

const JSON_TYPE = { "content-type": "application/json" };

/** As the library wants it: `InvoiceID` is `invoiceID` there. */
function inItsWords(value: unknown): never {
  if (Array.isArray(value)) return value.map(inItsWords) as never;
  if (typeof value !== "object" || value === null) return value as never;
  const entries = Object.entries(value).map(
    ([name, one]) => [name.charAt(0).toLowerCase() + name.slice(1), inItsWords(one)] as const,
  );
  return Object.fromEntries(entries) as never;
}

/** The library's method for one of our calls. */
async function say({ method, url, headers, body }: SimulatedRequest): Promise<void> {
  const { pathname, searchParams } = new URL(url, "http://x");
  const [name = "", id = "", part] = pathname.replace("/api.xro/2.0/", "").split("/");
  const text = body.toString();
  const given = inItsWords(text === "" ? {} : JSON.parse(text));
  const key = headers["idempotency-key"];
  const where = searchParams.get("where") ?? undefined;
  const number = (query: string) => {
    const value = searchParams.get(query);
    return value === null ? undefined : Number(value);
  };
  const [page, size, dp] = [number("page"), number("pageSize"), number("unitdp")];
  const all = searchParams.has("summarizeErrors") ? true : undefined;
  const no = undefined;
  const calls: Record<string, () => Promise<unknown>> = {
    "GET Contacts": () => api.getContacts(TENANT, no, where, no, no, page, no, no, no, size),
    "PUT Contacts": () => api.createContacts(TENANT, given, all, key),
    "GET Invoices": () =>
      id === ""
        ? api.getInvoices(TENANT, no, where, no, no, no, no, no, page, no, no, dp, no, size)
        : api.getInvoice(TENANT, id, dp),
    "PUT Invoices": () => api.createInvoices(TENANT, given, all, dp, key),
    "POST Invoices": () => api.updateInvoice(TENANT, id, given, dp, key),
    "GET Invoices History": () => api.getInvoiceHistory(TENANT, id),
    "PUT Invoices History": () => api.createInvoiceHistory(TENANT, id, given, key),
    "GET CreditNotes": () =>
      id === ""
        ? api.getCreditNotes(TENANT, no, where, no, page, dp, size)
        : api.getCreditNote(TENANT, id, dp),
    "PUT CreditNotes": () => api.createCreditNotes(TENANT, given, all, dp, key),
    "POST CreditNotes": () => api.updateCreditNote(TENANT, id, given, dp, key),
    "PUT CreditNotes Allocations": () =>
      api.createCreditNoteAllocation(TENANT, id, given, all, key),
    "GET Prepayments": () => api.getPrepayments(TENANT, no, where, no, page, dp, size),
    "PUT Prepayments Allocations": () =>
      api.createPrepaymentAllocations(TENANT, id, given, all, key),
    "GET Payments": () => api.getPayments(TENANT, no, where, no, page, size),
    "PUT Payments": () => api.createPayments(TENANT, given, all, key),
    "GET BankTransactions": () => api.getBankTransactions(TENANT, no, where, no, page, dp, size),
    "PUT BankTransactions": () => api.createBankTransactions(TENANT, given, all, dp, key),
    "GET Accounts": () => api.getAccounts(TENANT, no, where),
  };
  const call = calls[[method, name, part].filter(Boolean).join(" ")];
  if (!call) throw new Error(`no method for ${method} ${pathname}`);
  await call();
}

/** What Xero makes a difference by. */
function essence({ method, url, headers, body }: SimulatedRequest) {
  const { pathname, searchParams } = new URL(url, "http://x");
  const text = body.toString();
  const told = ["authorization", "xero-tenant-id", "idempotency-key", "accept"];
  return {
    ...{ method, path: pathname },
    query: Object.fromEntries([...searchParams].toSorted()),
    headers: Object.fromEntries(told.map((name) => [name, headers[name]])),
    body: text === "" || text === "{}" ? undefined : (JSON.parse(text) as unknown),
  };
}

it.each(Object.keys(STORIES))("Xero's own library asks the same for: %s", async (title) => {
  const { office, last } = await begin(title);
  await last();
  await last();
  await office.read();
  const ours = office.fake.exchanges.map(({ request }) => request);
  const from = server.requests.length;

  for (const request of ours) await say(request);

  expect(server.requests.slice(from).map(essence)).toEqual(ours.map(essence));
});
