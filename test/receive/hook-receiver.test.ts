import { createServer, request as httpRequest } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";

import express from "express";
import { afterEach, expect, it } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { readHeaders } from "../../src/inbox/inbox-store.ts";
import { OLD_TOKEN, type ReceiverUnderTest, startReceiver, TOKEN } from "../harness/receiver.ts";
import { onEachStore } from "../harness/stores.ts";

interface StoredRow {
  connection: string;
  method: string;
  query: Buffer;
  headers: Buffer;
  body: Buffer;
  state: string;
}

let receiver: ReceiverUnderTest | undefined;
afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
});

async function rowsOf(db: Database): Promise<StoredRow[]> {
  const rows: unknown = await db.knex("deliveries").orderBy("position").select();
  return rows as StoredRow[];
}

/** Sends bytes as they are and answers what came back. */
async function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("close", () => {
      resolve(answer);
    });
    socket.on("error", reject);
  });
}

onEachStore((store) => {
  it("a GET notification is stored with its raw query before it is answered", async () => {
    const db = await store.open();
    receiver = await startReceiver(db);

    const answer = await fetch(`${receiver.url}?event=cancelled&account_name=100%&booking_id=1207`);

    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe("ok");
    const [row] = await rowsOf(db);
    expect(row).toMatchObject({ connection: "fjord", method: "GET", state: "waiting" });
    expect(row?.query.toString()).toBe("event=cancelled&account_name=100%&booking_id=1207");
  });

  it("a body is stored byte for byte, whatever it is", async () => {
    const db = await store.open();
    receiver = await startReceiver(db);
    const bodies = [
      Buffer.from([0, 255, 13, 10, 39, 34, 92, 233]),
      Buffer.alloc(0),
      Buffer.from("{"),
    ];

    for (const body of bodies) {
      const answer = await fetch(receiver.url, { method: "POST", body });
      expect(answer.status).toBe(200);
    }

    expect((await rowsOf(db)).map(({ body }) => body)).toEqual(bodies);
  });

  it("requests of a burst are stored in order of arrival and none is missing", async () => {
    const db = await store.open();
    receiver = await startReceiver(db);
    const { url } = receiver;

    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, n) => fetch(`${url}?n=${n}`).then(({ status }) => status)),
    );

    expect(new Set(answers)).toEqual(new Set([200]));
    const stored = (await rowsOf(db)).map(({ query }) => Number(query.toString().slice(2)));
    expect(stored.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, n) => n));
  });

  it("repeated headers are kept together under one name", async () => {
    const db = await store.open();
    receiver = await startReceiver(db);
    const { port } = receiver;

    await raw(
      port,
      `GET /hooks/fjord/${TOKEN} HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nx-a: 2\r\nConnection: close\r\n\r\n`,
    );

    const [row] = await rowsOf(db);
    expect(readHeaders(row?.headers ?? Buffer.alloc(0))).toMatchObject({ "x-a": "1, 2" });
  });

  it("a store that cannot write is answered 503 with Retry-After, and works again by itself", async () => {
    const db = await store.open();
    let isFull = true;
    receiver = await startReceiver(db, {}, async (rows) => {
      if (isFull) throw Object.assign(new Error("full"), { code: "SQLITE_FULL" });
      const { InboxStore } = await import("../../src/inbox/inbox-store.ts");
      await new InboxStore(db).append(rows);
    });

    const refused = await fetch(receiver.url);
    isFull = false;
    const accepted = await fetch(receiver.url);

    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("10");
    expect(accepted.status).toBe(200);
    expect(await rowsOf(db)).toHaveLength(1);
    expect(receiver.log.lines.join()).not.toContain(TOKEN);
  });

  it("mounted in an Express app of somebody's own it answers the same", async () => {
    const db = await store.open();
    const inner = await startReceiver(db);
    receiver = inner;
    const app = express();
    app.use(inner.receiver);
    app.get("/mine", (_, response) => {
      response.send("mine");
    });
    const server = createServer(app).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    const hook = await fetch(`${base}/hooks/fjord/${TOKEN}?event=x`, {
      method: "POST",
      body: "a=1",
    });
    const mine = await fetch(`${base}/mine`);

    expect([hook.status, await mine.text()]).toEqual([200, "mine"]);
    expect(await rowsOf(db)).toHaveLength(1);
    server.close();
  });

  it("what is not a delivery is refused and not stored", async () => {
    const db = await store.open();
    receiver = await startReceiver(db, { bodyBytes: 2_000, urlBytes: 500, headerBytes: 2_000 });
    const { url, port } = receiver;
    const base = `http://127.0.0.1:${port}/hooks`;
    const status = async (target: string, init?: RequestInit) => (await fetch(target, init)).status;

    expect(await status(`${base}/fjord/wrong`)).toBe(404);
    expect(await status(`${base}/nobody/${TOKEN}`)).toBe(404);
    expect(await status(`${base}/fjord`)).toBe(404);
    expect(await status(`${base}/fjord/${TOKEN}/more`)).toBe(404);
    expect(await status(url, { method: "PUT", body: "x" })).toBe(405);
    expect(await status(url, { method: "DELETE" })).toBe(405);
    expect(await status(url, { method: "POST", body: "x".repeat(2_001) })).toBe(413);
    expect(await status(`${url}?${"x".repeat(500)}`)).toBe(414);
    expect(await status(url, { headers: { "x-big": "y".repeat(2_000) } })).toBe(431);
    expect(await rowsOf(db)).toEqual([]);
  });

  it("a body without a length that grows too large is cut off with 413", async () => {
    const db = await store.open();
    receiver = await startReceiver(db, { bodyBytes: 2_000 });
    const { port } = receiver;

    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(
        { port, method: "POST", path: `/hooks/fjord/${TOKEN}` },
        (response) => {
          resolve(response.statusCode);
        },
      );
      request.on("error", reject);
      for (let n = 0; n < 50; n += 1) request.write("x".repeat(100));
      request.end();
    });

    expect(status).toBe(413);
    expect(await rowsOf(db)).toEqual([]);
  });

  it("a body that grows too large is refused while it is still coming", async () => {
    const db = await store.open();
    receiver = await startReceiver(db, { bodyBytes: 2_000, requestSeconds: 30 });
    const { port } = receiver;
    const head = `POST /hooks/fjord/${TOKEN} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`;

    const answer = await raw(port, `${head}bb8\r\n${"x".repeat(3_000)}\r\n`);

    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(await rowsOf(db)).toEqual([]);
  });

  it("a request that does not come to its end in time is answered 408 and not stored", async () => {
    const db = await store.open();
    receiver = await startReceiver(db, { requestSeconds: 1 });
    const { port } = receiver;
    const head = `POST /hooks/fjord/${TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n`;

    const answer = await raw(port, `${head}only a part`);

    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(await rowsOf(db)).toEqual([]);
  });

  it("HEAD and OPTIONS change nothing", async () => {
    const db = await store.open();
    receiver = await startReceiver(db);

    const head = await fetch(receiver.url, { method: "HEAD" });
    const options = await fetch(receiver.url, { method: "OPTIONS" });

    expect([head.status, options.status]).toEqual([200, 204]);
    expect(await rowsOf(db)).toEqual([]);
  });

  it("the older of two tokens is valid too, and a slash at the end does not matter", async () => {
    const db = await store.open();
    receiver = await startReceiver(db);
    const base = `http://127.0.0.1:${receiver.port}/hooks/fjord`;

    expect((await fetch(`${base}/${OLD_TOKEN}`)).status).toBe(200);
    expect((await fetch(`${base}/${TOKEN}/?event=x`)).status).toBe(200);
    expect(await rowsOf(db)).toHaveLength(2);
  });

  it("an unknown connection and a wrong token get the same answer", async () => {
    const db = await store.open();
    receiver = await startReceiver(db);
    const base = `http://127.0.0.1:${receiver.port}/hooks`;

    const [unknown, wrong] = await Promise.all([
      fetch(`${base}/nobody/${TOKEN}`),
      fetch(`${base}/fjord/wrong`),
    ]);

    const plain = async (answer: Response) => {
      const headers = [...answer.headers].filter(([name]) => name !== "date");
      return { status: answer.status, headers, body: await answer.text() };
    };
    expect(await plain(unknown)).toEqual(await plain(wrong));
  });
});
