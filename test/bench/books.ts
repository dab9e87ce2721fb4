import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { readCompany } from "../../integrations/tryton/books.ts";
import type { Tryton } from "../../integrations/tryton/client.ts";
import { connect, BELLHOP_PASSWORD } from "../../integrations/tryton/testing/set-up.ts";
import { openShop, SETTINGS } from "../../integrations/tryton/testing/shop.ts";
import { asId, date, decimal } from "../../integrations/tryton/wire.ts";
import { CounterStore } from "../../src/db/counter-store.ts";
import { Database } from "../../src/db/database.ts";
import { bellhop, type Bench, type Contender, HOOK_PATH } from "./processes.ts";
import { confirmedBody } from "./planyo-body.ts";

const TRYTON_DOCUMENTS = 1_000;
/** Before and after ours: the server gets slower as its books grow. */
const BARE_DOCUMENTS = 150;
const FILE_DOCUMENTS = 2_000;
const AT_ONCE = 50;
const LOOK_MS = 100;
const API_TOKEN = "bench-api-token-0123456789";

export interface BooksRow {
  name: string;
  documents: number;
  perSecond: number;
  /** What ours are held against, a second. */
  barePerSecond: number;
  ratio: number;
  aim: string;
}

/** Bookings whose invoices have been waiting for the books, from when they may be posted. */
export async function measureBooks(bench: Bench, hasTryton: boolean): Promise<BooksRow[]> {
  mkdirSync(join(bench.folder, "books"), { recursive: true });
  const rows: BooksRow[] = [];
  process.stderr.write("books: a journal, beside a handler that writes a line\n");
  const lines = join(bench.folder, "books", "lines.txt");
  const echo = await backlog(bench, "echo", FILE_DOCUMENTS, "example-echo", { path: lines });
  const file = await backlog(bench, "journal", FILE_DOCUMENTS, "ledger-file", INVOICES);
  rows.push(rowOf("ledger-file, beside example-echo", FILE_DOCUMENTS, file, echo, "none"));
  if (hasTryton) rows.push(await besideTryton(bench));
  return rows;
}

const INVOICES = { policy: "invoice" };

/** Handlers by the integration that has them. */
const HANDLERS: Readonly<Record<string, string>> = {
  "example-echo": "append-line",
  "ledger-file": "documents",
  tryton: "documents",
};

async function besideTryton(bench: Bench): Promise<BooksRow> {
  const shop = await openShop();
  try {
    process.stderr.write("books: Tryton by bare calls\n");
    const before = await bareRate(shop.url, 0);
    process.stderr.write(`books: ${TRYTON_DOCUMENTS} documents that wait for Tryton\n`);
    const settings = { ...SETTINGS, ...INVOICES, url: shop.url };
    const ours = await backlog(bench, "tryton", TRYTON_DOCUMENTS, "tryton", settings);
    const bare = (before + (await bareRate(shop.url, BARE_DOCUMENTS))) / 2;
    const name = "Tryton, beside bare calls of its API";
    return rowOf(name, TRYTON_DOCUMENTS, ours, bare, ">= 0.80");
  } finally {
    await shop.close();
  }
}

/** Documents a second when a backlog is let go. */
async function backlog(
  bench: Bench,
  name: string,
  count: number,
  integration: string,
  settings: object,
): Promise<number> {
  const data = join(bench.folder, "books", name);
  const env = { BELLHOP_DATA: data, BELLHOP_API_TOKEN: API_TOKEN };
  const instance = JSON.stringify({ [integration]: { settings } });
  const hub = await bellhop(bench, "all", env, `integrations: ${instance}\n`);
  const db = await Database.open({ sqliteFile: join(data, "bellhop.sqlite") });
  try {
    const handler = `${integration}/${HANDLERS[integration] ?? ""}`;
    await command(hub, `handlers/${handler}/pause`);
    await book(hub, count);
    await until(async () => (await waiting(db)) === count);
    // What comes for one booking is waited for.
    await sleep(6_000);
    const startedAt = performance.now();
    await command(hub, `handlers/${handler}/resume`);
    const counters = new CounterStore(db);
    await until(async () => ((await counters.totals()).get("jobs.done") ?? 0) >= count);
    return count / ((performance.now() - startedAt) / 1_000);
  } finally {
    await db.close();
    await hub.stop();
  }
}

async function command({ port }: Contender, path: string): Promise<void> {
  const headers = { authorization: `Bearer ${API_TOKEN}` };
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`, {
    method: "POST",
    headers,
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

async function book({ port }: Contender, count: number): Promise<void> {
  for (let first = 0; first < count; first += AT_ONCE) {
    const calls = Array.from({ length: AT_ONCE }, (_, index) =>
      fetch(`http://127.0.0.1:${port}${HOOK_PATH}`, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: confirmedBody(9_000_000 + first + index),
      }),
    );
    await Promise.all(calls);
  }
}

async function waiting({ knex }: Database): Promise<number> {
  const row: unknown = await knex("jobs").where({ state: "ready" }).count({ n: "*" }).first();
  return (row as { n: number }).n;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(LOOK_MS);
}

/** Invoices a second of a program that knows every id, and makes guest and invoice one after the other. */
async function bareRate(url: string, first: number): Promise<number> {
  const free = connect(url, "bellhop", BELLHOP_PASSWORD);
  const tryton = free.within({ company: (await readCompany(free)).id });
  const known = await readIds(tryton);
  const startedAt = performance.now();
  for (let index = first; index < first + BARE_DOCUMENTS; index += 1)
    await bareInvoice(tryton, known, index);
  return BARE_DOCUMENTS / ((performance.now() - startedAt) / 1_000);
}

async function bareInvoice(tryton: Tryton, known: Ids, index: number): Promise<void> {
  const { company, currency, receivable, revenue, journal } = known;
  const party = await tryton.create("party.party", {
    ...{ name: "Guest", code: `bare-${index}`, addresses: [["create", [{}]]] },
    contact_mechanisms: [["create", [{ type: "email", value: `guest${index}@example.com` }]]],
  });
  const line = {
    ...{ type: "line", description: "Cabin", quantity: 1, unit_price: decimal("240.00") },
    ...{ account: revenue, company, currency, taxes: [] },
  };
  const [address] = await tryton.searchRead("party.address", [["party", "=", party]], ID);
  const id = await tryton.create("account.invoice", {
    ...{ type: "out", company, currency, party, invoice_address: address?.id, journal },
    ...{ account: receivable, invoice_date: date(today()), reference: `bare/${index}` },
    lines: [["create", [line]]],
  });
  await tryton.press("account.invoice", "post", [id]);
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

const ID = { id: asId };

interface Ids {
  company: number;
  currency: number;
  receivable: number;
  revenue: number;
  journal: number;
}

async function readIds(tryton: Tryton): Promise<Ids> {
  const one = async (model: string, field: string, value: string) => {
    const [row] = await tryton.searchRead(model, [[field, "=", value]], ID);
    if (!row) throw new Error(`no ${model} ${value}`);
    return row.id;
  };
  return {
    company: (await readCompany(tryton)).id,
    currency: await one("currency.currency", "code", "EUR"),
    receivable: await one("account.account", "name", "Main Receivable"),
    revenue: await one("account.account", "name", "Main Revenue"),
    journal: await one("account.journal", "name", "Revenue"),
  };
}

function rowOf(
  name: string,
  documents: number,
  perSecond: number,
  barePerSecond: number,
  aim: string,
): BooksRow {
  const round = (rate: number) => Math.round(rate * 10) / 10;
  return {
    ...{ name, documents, perSecond: round(perSecond), barePerSecond: round(barePerSecond) },
    ...{ ratio: perSecond / barePerSecond, aim },
  };
}
