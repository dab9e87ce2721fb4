import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type App, API_TOKEN, callApi, startApp } from "../harness/app.ts";
import { hasProgram, startMariaDb } from "../harness/servers.ts";

let app: App;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

interface FieldProblems {
  errors: { field: string; detail: string }[];
}

async function faults(path: string): Promise<Record<string, string>> {
  const { status, headers, body } = await callApi(app, path);
  expect(status, path).toBe(400);
  expect(headers.get("content-type")).toContain("application/problem+json");
  expect(body).toMatchObject({ type: "about:blank", title: "Bad Request", status: 400 });
  const { errors } = body as FieldProblems;
  return Object.fromEntries(errors.map(({ field, detail }) => [field, detail]));
}

describe("filters", () => {
  it("an unknown one is named, with those that there are", async () => {
    const { conection, stat } = await faults("/deliveries?conection=fjord&stat=done");

    expect(conection).toContain("connection, state, since, until, subject, limit, cursor");
    expect(stat).toContain("known are");
  });

  it.each([
    ["/deliveries?state=lost", "state", "waiting, done, duplicate, held, failed"],
    ["/deliveries?since=yesterday", "since", "2026-03-14T08:00:00Z"],
    ["/deliveries?since=2026-03-14T09:00:00+01:00", "since", "%2B"],
    ["/deliveries?until=2026-02-31T09:00:00Z", "until", "2026-03-14T08:00:00Z"],
    ["/deliveries?connection=", "connection", "leave it out"],
    ["/deliveries?state=done&state=held", "state", "once"],
    ["/deliveries?limit=0", "limit", "1 to 500"],
    ["/deliveries?limit=501", "limit", "1 to 500"],
    ["/deliveries?limit=ten", "limit", "1 to 500"],
    ["/deliveries?cursor=MQ==", "cursor", "next"],
    ["/deliveries?cursor=zzz", "cursor", "next"],
    ["/events?type=booking.lost", "type", "booking.confirmed"],
    ["/bookings?startsFrom=14.03.2026", "startsFrom", "2026-03-14"],
    ["/bookings?status=open", "status", "confirmed"],
    ["/jobs?state=waiting", "state", "superseded"],
    [`/effects?handler=${"x".repeat(300)}`, "handler", "191 characters"],
  ])("%s is refused and says what to write", async (path, field, hint) => {
    const found = await faults(path);

    expect(Object.keys(found)).toEqual([field]);
    expect(found[field]).toContain(hint);
  });

  it("a time that is none says nothing of a plus that is not there", async () => {
    const found = await faults("/deliveries?since=yesterday");

    expect(found).toEqual({ since: "write a time such as 2026-03-14T08:00:00Z" });
  });

  it("all faults of a call are named at once", async () => {
    const found = await faults("/deliveries?state=lost&limit=0&colour=red");

    expect(Object.keys(found).sort()).toEqual(["colour", "limit", "state"]);
  });

  it("a time with an offset is taken when its plus is written as %2B", async () => {
    const { status } = await callApi(app, "/deliveries?since=2026-03-14T09:00:00%2B01:00");

    expect(status).toBe(200);
  });
});

describe("paths and methods", () => {
  it.each([
    ["/nowhere", 404],
    ["/deliveries/01980000-0000-7000-8000-000000000001", 404],
    ["/events/none", 404],
    ["/bookings/fjord/1201", 404],
    ["/jobs/none", 404],
    ["/sagas", 404],
    ["/bookings/fjord/%E0%A4%A", 400],
  ])("%s is answered %i as a problem", async (path, expected) => {
    const { status, headers, body } = await callApi(app, path);

    expect(status).toBe(expected);
    expect(headers.get("content-type")).toContain("application/problem+json");
    expect(body).toMatchObject({ status: expected });
  });

  it.each([
    ["DELETE", "/deliveries", "GET, HEAD"],
    ["POST", "/bookings/fjord/1201", "GET, HEAD"],
    ["PUT", "/replays", "GET, HEAD, POST"],
    ["PUT", "/handlers/voucher-mail/send-voucher/pause", "POST"],
    ["POST", "/openapi.json", "GET, HEAD"],
  ])("%s %s is the wrong method and says the right one", async (method, path, allow) => {
    const { status, headers, body } = await callApi(app, path, { method });

    expect(status).toBe(405);
    expect(headers.get("allow")).toBe(allow);
    expect(body).toMatchObject({ status: 405, title: "Method Not Allowed" });
  });

  it("HEAD answers as GET does, without a body", async () => {
    const { status, body } = await callApi(app, "/status", { method: "HEAD" });

    expect(status).toBe(200);
    expect(body).toBeUndefined();
  });
});

describe("bodies", () => {
  const headers = { authorization: `Bearer ${API_TOKEN}`, "content-type": "application/json" };
  const post = (body: string, type = "application/json") =>
    callApi(app, "/replays", {
      method: "POST",
      body,
      headers: { ...headers, "content-type": type },
    });

  it.each([
    ["no JSON", "{ kind: jobs", 400, "not JSON"],
    ["a list", "[]", 400, "JSON object"],
    ["nothing", "", 400, "jobs or deliveries"],
    ["another kind", '{"kind":"bookings"}', 400, "jobs or deliveries"],
    ["no filter at all", '{"kind":"jobs"}', 400, "at least one filter"],
    ["only dryRun", '{"kind":"jobs","dryRun":true}', 400, "at least one filter"],
    ["an unknown filter", '{"kind":"jobs","type":"booking.confirmed"}', 400, "handler, state"],
    ["a number for text", '{"kind":"jobs","subject":1201}', 400, "write text"],
    ["a word for dryRun", '{"kind":"jobs","subject":"1","dryRun":"no"}', 400, "true or false"],
    ["a cursor", '{"kind":"jobs","subject":"1","cursor":"MQ"}', 400, "known are"],
    ["far too much", JSON.stringify({ kind: "x".repeat(100_000) }), 413, "too large"],
  ])("%s in a replay is refused", async (_, body, expected, hint) => {
    const answer = await post(body);

    expect(answer.status).toBe(expected);
    expect(JSON.stringify(answer.body)).toContain(hint);
  });

  it("a form is refused and says what to send", async () => {
    const { status, body } = await post(
      "kind=jobs&state=dead",
      "application/x-www-form-urlencoded",
    );

    expect(status).toBe(415);
    expect(JSON.stringify(body)).toContain("application/json");
  });

  it("nothing that was sent comes back in a message", async () => {
    const { body } = await post('{"kind": <script>alert(1)</script>');

    expect(JSON.stringify(body)).not.toContain("script");
  });
});

describe.runIf(hasProgram("mariadbd"))("while the store is away", () => {
  it("the API answers 503, says when to come again, and gives no SQL away", async () => {
    const server = await startMariaDb();
    const away = await startApp({
      location: { mysqlUrl: await server.newDatabase() },
      roles: "console",
    });
    try {
      await server.kill();

      for (const path of ["/status", "/bookings?q=ana", "/jobs/none"]) {
        const { status, headers, body } = await callApi(away, path);

        expect(status).toBe(503);
        expect(headers.get("retry-after")).toBe("10");
        expect(JSON.stringify(body)).not.toMatch(/select|ECONN|127\.0\.0\.1|at /i);
      }
      await server.restart();
      expect((await callApi(away, "/status")).status).toBe(200);
    } finally {
      await away.stop();
      await server.stop();
    }
  });
});
