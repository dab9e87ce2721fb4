import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import { Database } from "../../src/db/database.ts";
import { InboxStore, type NewDelivery } from "../../src/inbox/inbox-store.ts";
import { newId } from "../../src/process/new-id.ts";
import { memoryLog } from "../../src/sdk/testing.ts";
import { SettingsError } from "../../src/settings/settings-error.ts";
import { Spool } from "../../src/spool/spool.ts";
import { type App, callApi, startApp } from "../harness/app.ts";
import { startProcess } from "../harness/bellhop-process.ts";
import { hasProgram, type MariaDb, startMariaDb, temporaryFolder } from "../harness/servers.ts";
import { smallDisk } from "../harness/small-disk.ts";

const TOKEN = "spool-token-0123456789abcdef";
const config = { connections: { bikes: { source: "planyo", tokens: [TOKEN] } } };

/** Long enough for a server that recovers from a crash beside other suites. */
const PATIENCE = { timeout: 60_000, interval: 50 };

/** One call on a connection of its own, which is kept open between calls. */
function callOn(agent: Agent, url: string, name: string): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(`${url}/hooks/bikes/${TOKEN}`, { method: "POST", agent }, (answer) => {
      answer.resume().on("end", () => {
        resolve(answer.statusCode ?? 0);
      });
    });
    sent.on("error", () => {
      resolve(0);
    });
    sent.end(`name=${name}`);
  });
}

const post = ({ url }: { url: string }, name: string) => callOn(new Agent(), url, name);

function callNamed(name: string, minute = 0): NewDelivery {
  return {
    id: newId(),
    connection: "bikes",
    receivedAt: 1_700_000_000_000 + minute * 60_000,
    method: "POST",
    query: "",
    rawHeaders: [],
    body: Buffer.from(`name=${name}`),
  };
}

/** Names of the calls in the database, in the order in which they will be understood. */
async function storedNames(db: Database): Promise<string[]> {
  const rows: { body: Buffer }[] = await db.knex("deliveries").orderBy("position").select("body");
  return rows.map(({ body }) => body.toString().replace("name=", ""));
}

async function text(app: { url: string }, path: string) {
  const answer = await fetch(`${app.url}${path}`);
  return { status: answer.status, text: await answer.text() };
}

const metric = async (app: { url: string }, name: string) =>
  Number(new RegExp(`^${name} (.+)$`, "m").exec((await text(app, "/metrics")).text)?.[1]);

describe.runIf(hasProgram("mariadbd"))("while the database is away", { timeout: 180_000 }, () => {
  let server: MariaDb;
  const apps: App[] = [];
  const folders: string[] = [];
  beforeAll(async () => {
    server = await startMariaDb();
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.stop();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  afterAll(() => server.stop());

  const newFolder = () => {
    const folder = temporaryFolder("bellhop-spool-");
    folders.push(folder);
    return folder;
  };

  async function start(
    mysqlUrl: string,
    options: { data?: string; roles?: string; limits?: object } = {},
  ): Promise<App> {
    const { data = newFolder(), roles = "receive,console", limits = {} } = options;
    const app = await startApp({
      config: { ...config, limits },
      location: { mysqlUrl },
      roles,
      env: { BELLHOP_DATA: data },
    });
    apps.push(app);
    return app;
  }

  const stop = async (app: App) => {
    apps.splice(apps.indexOf(app), 1);
    await app.stop();
  };

  it("calls are kept here and answered 200, and go to the database in their order when it is back", async () => {
    const app = await start(await server.newDatabase());
    const names = Array.from({ length: 30 }, (_, index) => `call${index}`);
    expect(await post(app, "before")).toBe(200);

    await server.kill();
    const statuses: number[] = [];
    for (const name of names) statuses.push(await post(app, name));
    const readiness = await text(app, "/readyz");
    const metrics = {
      rows: await metric(app, "bellhop_spool_rows"),
      bytes: await metric(app, "bellhop_spool_bytes"),
      spooled: await metric(app, "bellhop_spooled_total"),
    };
    await server.restart();
    await vi.waitFor(async () => {
      expect((await text(app, "/readyz")).text).toBe("ready");
    }, PATIENCE);

    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(readiness.status).toBe(200);
    expect(readiness.text).toMatch(
      /^spooling: 30 deliveries wait here: the store is not available/,
    );
    expect(metrics).toMatchObject({ rows: 30, spooled: 30 });
    expect(metrics.bytes).toBeGreaterThan(30 * 20);
    expect(await storedNames(app.db)).toEqual(["before", ...names]);
    expect(await metric(app, "bellhop_spool_rows")).toBe(0);
    expect(await metric(app, "bellhop_spool_drained_total")).toBe(30);
    const told = app.logLines.filter((line) => line.includes("spool"));
    expect(told).toHaveLength(2);
    expect(told[0]).toContain("the database is away: deliveries are kept in the spool");
    expect(told[1]).toContain("the spool is drained");
  });

  it("a server killed three times in a burst loses nothing, doubles nothing, and each caller's calls keep their order", async () => {
    const app = await start(await server.newDatabase());
    const accepted: string[][] = [];
    let isOver = false;
    const callers = Array.from({ length: 8 }, async (_, caller) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const mine: string[] = [];
      accepted.push(mine);
      for (let n = 0; !isOver; n += 1) {
        const name = `${caller}-${n}`;
        if ((await callOn(agent, app.url, name)) === 200) mine.push(name);
      }
      agent.destroy();
    });

    for (let kill = 0; kill < 3; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await server.kill();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await server.restart();
    }
    isOver = true;
    await Promise.all(callers);
    await vi.waitFor(async () => {
      expect((await text(app, "/readyz")).text).toBe("ready");
    }, PATIENCE);

    const stored = await storedNames(app.db);
    const byCaller = accepted.map((_, caller) =>
      stored.filter((name) => name.startsWith(`${caller}-`)),
    );
    expect(accepted.flat().length).toBeGreaterThan(100);
    expect(byCaller).toEqual(accepted);
  });

  it("a server that hangs counts as away; what it keeps late is not kept twice", async () => {
    const app = await start(await server.newDatabase());
    expect(await post(app, "before")).toBe(200);

    await server.freeze();
    const statuses = [await post(app, "hanging"), await post(app, "after")];
    const readiness = await text(app, "/readyz");
    server.thaw();
    await vi.waitFor(async () => {
      expect((await text(app, "/readyz")).text).toBe("ready");
    }, PATIENCE);

    expect(statuses).toEqual([200, 200]);
    expect(readiness.text).toContain("spooling: 2 deliveries wait here");
    expect(await storedNames(app.db)).toEqual(["before", "hanging", "after"]);
  });

  it("a start is no end: calls are kept, and work begins by itself when the database is there", async () => {
    const [url, data] = [await server.newDatabase(), newFolder()];
    await stop(await start(url, { data }));

    await server.kill();
    const app = await start(url, { data, roles: "all" });
    const statuses = [await post(app, "one"), await post(app, "two")];
    const readiness = await text(app, "/readyz");
    const api = await callApi(app, "/status");
    await server.restart();
    await vi.waitFor(async () => {
      const { body } = await callApi(app, "/status");
      expect(body).toMatchObject({ accepted: 2, waiting: 0, spool: 0 });
    }, PATIENCE);

    expect(statuses).toEqual([200, 200]);
    expect(readiness.status).toBe(200);
    expect(readiness.text).toContain("spooling: 2 deliveries wait here");
    expect(api.status).toBe(503);
    expect(await storedNames(app.db)).toEqual(["one", "two"]);
  });

  it("a first start does not begin without it: the address may be wrong", async () => {
    const url = await server.newDatabase();
    await server.kill();

    const fault = await start(url).catch((error: unknown) => error);
    await server.restart();

    expect(fault).toBeInstanceOf(SettingsError);
    expect((fault as SettingsError).message).toMatch(/^DATABASE_URL: .*nothing listens there/);
  });

  it("a wrong password, a missing database and a newer schema end a start, wherever it ran before", async () => {
    const [url, data] = [await server.newDatabase(), newFolder()];
    const first = await start(url, { data });
    await first.db.knex("migrations").insert({ id: "9999-later", applied_at: 1 });
    await stop(first);
    const faultOf = async (mysqlUrl: string) =>
      start(mysqlUrl, { data }).then(
        () => "",
        (error: unknown) => (error as SettingsError).message,
      );

    expect(await faultOf(url.replace("secret", "wrong"))).toContain("user or password refused");
    expect(await faultOf(url.replace(/test\d+$/, "nowhere"))).toMatch(
      /no such database|may not use/,
    );
    expect(await faultOf(url)).toContain("written by a newer Bellhop");
  });

  it("killed with a spool that is not drained, the next start takes it to the database", async () => {
    const [url, data, cwd] = [await server.newDatabase(), newFolder(), newFolder()];
    writeFileSync(
      join(cwd, "bellhop.yaml"),
      `connections: { bikes: { source: planyo, tokens: ["${TOKEN}"] } }\n`,
    );
    const env = { BELLHOP_DATA: data, DATABASE_URL: url, LOG_LEVEL: "fatal" };
    const args = ["start", "--role", "receive"];
    const killed = await startProcess(cwd, env, args);
    const beside = await startProcess(cwd, env, args);
    await server.kill();
    const names = Array.from({ length: 20 }, (_, index) => `call${index}`);
    for (const name of names) expect(await post(killed, name)).toBe(200);
    expect(await post(beside, "beside")).toBe(200);
    await Promise.all([killed.kill(), beside.kill()]);

    const next = await startProcess(cwd, env, args);
    expect((await text(next, "/readyz")).text).toContain("spooling: 21 deliveries wait here");
    expect(await post(next, "new")).toBe(200);
    await server.restart();
    await vi.waitFor(async () => {
      expect((await text(next, "/readyz")).text).toBe("ready");
    }, PATIENCE);

    const db = await Database.open({ mysqlUrl: url });
    const stored = await storedNames(db);
    await db.close();
    expect(stored.toSorted()).toEqual([...names, "beside", "new"].toSorted());
    expect(stored.filter((name) => name.startsWith("call"))).toEqual(names);
    expect(stored.at(-1)).toBe("new");
    expect(await next.stop()).toBe(0);
  });

  it("rows that a process took to the database just before it died are not taken there again", async () => {
    const [url, data] = [await server.newDatabase(), newFolder()];
    await stop(await start(url, { data }));
    const calls = ["one", "two", "three"].map(callNamed);
    const spool = new Spool(data, 1_000_000, memoryLog());
    spool.open();
    spool.append(calls);
    spool.close();
    const db = await Database.open({ mysqlUrl: url });
    await new InboxStore(db).append(calls.slice(0, 2));
    await db.close();

    const app = await start(url, { data });
    await vi.waitFor(async () => {
      expect(await metric(app, "bellhop_spool_rows")).toBe(0);
    }, PATIENCE);

    expect(await storedNames(app.db)).toEqual(["one", "two", "three"]);
    const kept = await app.db.knex("deliveries").orderBy("position").select("id", "received_at");
    expect(kept).toEqual(calls.map(({ id, receivedAt }) => ({ id, received_at: receivedAt })));
  });

  it("a full spool is answered 503, readiness says so, and the database's return ends it", async () => {
    const app = await start(await server.newDatabase(), { limits: { spoolBytes: 2_000 } });
    await server.kill();

    const statuses: number[] = [];
    for (let n = 0; n < 20; n += 1) statuses.push(await post(app, `call${n}`));
    const refused = await fetch(`${app.url}/hooks/bikes/${TOKEN}`, { method: "POST", body: "x" });
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // readiness is fresh for a second
    const rows = await metric(app, "bellhop_spool_rows");
    await server.restart();
    await vi.waitFor(async () => {
      expect(await post(app, "last")).toBe(200);
    }, PATIENCE);
    await vi.waitFor(async () => {
      expect((await text(app, "/readyz")).text).toBe("ready");
    }, PATIENCE);

    const accepted = statuses.filter((status) => status === 200).length;
    expect(accepted).toBeGreaterThan(1);
    expect(statuses.at(-1)).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("10");
    expect(rows).toBe(accepted);
    expect((await storedNames(app.db)).length).toBe(accepted + 1);
  });

  it("a full disk under the spool is answered 503, and room again means 200 again", async () => {
    const disk = smallDisk();
    if (disk === undefined) return;
    try {
      const data = join(disk, "data");
      mkdirSync(data);
      const ballast = join(disk, "ballast");
      writeFileSync(ballast, Buffer.alloc(1024 * 1024));
      const app = await start(await server.newDatabase(), { data });
      await server.kill();
      const statuses: number[] = [];
      while (statuses.at(-1) !== 503 && statuses.length < 200) {
        statuses.push(await post(app, `call${statuses.length}${"x".repeat(50_000)}`));
      }
      await vi.waitFor(async () => {
        expect((await text(app, "/readyz")).status).toBe(503);
      }, PATIENCE);
      rmSync(ballast);
      await vi.waitFor(async () => {
        expect(await post(app, "room")).toBe(200);
      }, PATIENCE);
      await server.restart();
      await vi.waitFor(async () => {
        expect((await text(app, "/readyz")).text).toBe("ready");
      }, PATIENCE);

      expect(statuses.at(-1)).toBe(503);
      const accepted = statuses.filter((status) => status === 200).length;
      expect((await storedNames(app.db)).length).toBe(accepted + 1);
      await stop(app);
    } finally {
      spawnSync("umount", [disk]);
      if (existsSync(disk) && readdirSync(disk).length === 0) rmSync(disk, { recursive: true });
    }
  });

  it("a call that the database will not take stays here, and does not hold up the others", async () => {
    const [url, data] = [await server.newDatabase(), newFolder()];
    await stop(await start(url, { data }));
    const log = memoryLog();
    const spool = new Spool(data, 100_000_000, log);
    spool.open();
    // The server takes packets of 16 MiB.
    for (const name of ["one", "x".repeat(18_000_000), "two"]) spool.append([callNamed(name)]);
    spool.close();

    const app = await start(url, { data });
    await vi.waitFor(async () => {
      expect((await text(app, "/readyz")).text).toBe("ready");
    }, PATIENCE);

    expect(await post(app, "three")).toBe(200);
    expect(await storedNames(app.db)).toEqual(["one", "two", "three"]);
    expect(await metric(app, "bellhop_spool_rows")).toBe(1);
    expect((await callApi(app, "/status")).body).toMatchObject({ spool: 1 });
    expect(app.logLines.filter((line) => line.includes("refuses a delivery"))).toHaveLength(1);
  });

  it("a stop while the database is away is a clean one, and the next start has what was kept", async () => {
    const [url, data, cwd] = [await server.newDatabase(), newFolder(), newFolder()];
    writeFileSync(
      join(cwd, "bellhop.yaml"),
      `connections: { bikes: { source: planyo, tokens: ["${TOKEN}"] } }\n`,
    );
    const env = { BELLHOP_DATA: data, DATABASE_URL: url, LOG_LEVEL: "fatal" };
    const running = await startProcess(cwd, env);
    await server.kill();
    expect(await post(running, "kept")).toBe(200);

    const exits = [await running.stop()];
    const late = await startProcess(cwd, env);
    const readiness = await text(late, "/readyz");
    exits.push(await late.stop());
    await server.restart();

    expect(exits).toEqual([0, 0]);
    expect(readiness.text).toContain("spooling: 1 deliveries wait here");
  });

  it("the status counts what another process still has in its spool", async () => {
    const url = await server.newDatabase();
    const app = await start(url, { roles: "console" });
    await app.db.knex("facts").insert({ name: "spool:elsewhere", value: Buffer.from("12") });

    const { body } = await callApi(app, "/status");

    expect(body).toMatchObject({ spool: 12, accepted: 0 });
  });
});
