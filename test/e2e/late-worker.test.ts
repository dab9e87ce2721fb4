import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { afterEach, expect, it, vi } from "vitest";

import { Database } from "../../src/db/database.ts";
import { type BellhopProcess, startProcess } from "../harness/bellhop-process.ts";
import { killedLongAgo } from "../harness/killed-long-ago.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { onOneStore, type StoreUnderTest } from "../harness/stores.ts";

const TOKEN = "late-token-0123456789abcdef";
const PATIENT = { timeout: 60_000, interval: 100 };

/** Posts an invoice: asks the other side first whether it may, as a slow vendor makes one do. */
const INTEGRATION = `
const config = { safeParse: (value) => ({ success: true, data: value }) };
const post = {
  id: "post",
  kind: "mirror",
  on: ["booking.confirmed"],
  async handle(event, { http, effect, signal }) {
    const url = process.env.OTHER_SIDE;
    await fetch(url + "/ready");
    const { externalId } = await effect("invoice:1", {
      find: async (key) => {
        const { status, text } = await http.send({ url: url + "/invoices?key=" + key });
        return status === 404 ? undefined : { externalId: text() };
      },
      perform: async (key) => {
        const answer = await http.send({ method: "POST", url: url + "/invoices?key=" + key });
        return { externalId: answer.text() };
      },
    });
    return { done: "invoice " + externalId };
  },
};
export default { manifest: { id: "books", name: "Books" }, config, handlers: [post] };
`;

/** The other side, on loopback: counts what was really posted. */
interface OtherSide {
  url: string;
  posted: string[];
  asked: number;
  /** Called before an answer is sent; the answer waits for it. */
  before: (path: string) => Promise<void> | void;
  server: Server;
}

async function startOtherSide(): Promise<OtherSide> {
  const side: OtherSide = {
    url: "",
    posted: [],
    asked: 0,
    before: () => undefined,
    server: createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://side");
      const key = searchParams.get("key") ?? "";
      const isPosting = request.method === "POST";
      const wasThere = side.posted.includes(key);
      if (isPosting) side.posted.push(key);
      if (pathname === "/ready") side.asked += 1;
      const answer = () => {
        const isKnown = pathname === "/ready" || isPosting || wasThere;
        response.writeHead(isKnown ? 200 : 404).end(isKnown ? "INV-1" : "");
      };
      void Promise.resolve(side.before(isPosting ? "POST" : pathname)).then(answer);
    }),
  };
  await new Promise<void>((resolve) => side.server.listen(0, "127.0.0.1", resolve));
  side.url = `http://127.0.0.1:${(side.server.address() as AddressInfo).port}`;
  return side;
}

onOneStore((store) => {
  const processes: BellhopProcess[] = [];
  const sides: OtherSide[] = [];
  const opened: Database[] = [];
  afterEach(async () => {
    for (const bellhop of processes.splice(0)) await bellhop.kill();
    for (const { server } of sides.splice(0)) server.close().closeAllConnections();
    for (const db of opened.splice(0)) await db.close();
  });

  async function installation(under: StoreUnderTest) {
    const location = await under.newLocation();
    const cwd = temporaryFolder();
    const data = "sqliteFile" in location ? join(location.sqliteFile, "..") : join(cwd, "data");
    mkdirSync(join(cwd, "plug-ins", "books"), { recursive: true });
    writeFileSync(join(cwd, "package.json"), '{ "type": "module" }');
    writeFileSync(join(cwd, "plug-ins", "books", "index.js"), INTEGRATION);
    writeFileSync(
      join(cwd, "bellhop.yaml"),
      `connections: { bikes: { source: planyo, tokens: ["${TOKEN}"] } }\n` +
        "integrations: { books: {} }\nintegrationPaths: [./plug-ins]\n",
    );
    const side = await startOtherSide();
    sides.push(side);
    const env: Record<string, string> = { BELLHOP_DATA: data, OTHER_SIDE: side.url };
    if ("mysqlUrl" in location) env["DATABASE_URL"] = location.mysqlUrl;
    const start = async () => {
      const bellhop = await startProcess(cwd, env);
      processes.push(bellhop);
      return bellhop;
    };
    const first = await start();
    const db = await Database.open(location);
    opened.push(db);
    return { side, start, first, db };
  }

  it(
    "a process that stood still beyond its lease and wakes up posts nothing and settles nothing",
    { timeout: 180_000 },
    async () => {
      const { side, start, first, db } = await installation(store);
      let letGo: () => void = () => undefined;
      side.before = (path) =>
        path === "/ready" && side.asked === 1
          ? new Promise<void>((resolve) => (letGo = resolve))
          : undefined;

      await notify(first);
      await vi.waitFor(() => {
        expect(side.asked).toBe(1);
      }, PATIENT);
      first.child.kill("SIGSTOP");
      letGo();
      await start();
      await vi.waitFor(async () => {
        expect(await jobs(db)).toMatchObject([{ state: "done" }]);
      }, PATIENT);
      first.child.kill("SIGCONT");
      await new Promise((resolve) => setTimeout(resolve, 2_000));

      expect(side.posted).toHaveLength(1);
      expect(await jobs(db)).toEqual([{ state: "done", reason: "invoice INV-1", attempts: 2 }]);
      expect(await db.knex("attempts").select("attempt")).toEqual([{ attempt: 2 }]);
    },
  );

  it(
    "a process killed between the other side's deed and our commit: it is found, not done again",
    { timeout: 180_000 },
    async () => {
      const { side, start, first, db } = await installation(store);
      let isPosted = false;
      side.before = (path) => {
        if (path !== "POST" || isPosted) return undefined;
        isPosted = true;
        return new Promise<void>(() => undefined);
      };

      await notify(first);
      await vi.waitFor(() => {
        expect(side.posted).toHaveLength(1);
      }, PATIENT);
      await first.kill();
      await killedLongAgo(db);
      await start();
      await vi.waitFor(async () => {
        expect(await jobs(db)).toMatchObject([{ state: "done" }]);
      }, PATIENT);

      expect(side.posted).toHaveLength(1);
      const effects: unknown = await db.knex("effects").select("state", "external_id");
      expect(effects).toEqual([{ state: "done", external_id: "INV-1" }]);
    },
  );
});

async function notify({ url }: BellhopProcess): Promise<void> {
  const body = new URLSearchParams({
    notification_type: "reservation_confirmed",
    reservation: "9000101",
    resource: "3101",
    resource_name: "Cabin",
    calendar: "77001",
    start: "1893495600",
    end: "1893582000",
    status: "7",
    currency: "EUR",
    price_quoted: "240.00",
    amount_paid: "0.00",
    amount_outstanding: "240.00",
    email: "ana@example.com",
    first_name: "Ana",
    last_name: "Example",
  });
  const answer = await fetch(`${url}/hooks/bikes/${TOKEN}`, { method: "POST", body });
  expect(answer.status).toBe(200);
}

async function jobs(db: Database): Promise<unknown[]> {
  return db.knex("jobs").select("state", "reason", "attempts");
}
