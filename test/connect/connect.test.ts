import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { ConnectedInstances } from "../../src/connect/connected-instances.ts";
import { command } from "../cli/command.ts";
import { type App, startApp } from "../harness/app.ts";
import {
  type AuthorizationServer,
  CLIENT,
  startAuthorizationServer,
} from "../harness/authorization-server.ts";
import { Browser } from "../harness/browser.ts";
import { freePort } from "../harness/servers.ts";

const integrationPaths = [join(import.meta.dirname, "integrations")];

let server: AuthorizationServer;
let publicUrl: string;
let app: App;

beforeAll(async () => {
  publicUrl = `http://127.0.0.1:${await freePort()}`;
  server = await startAuthorizationServer(`${publicUrl}/connect/callback`);
  const of = (more: object = {}) => ({
    use: "ledger-cloud",
    settings: {
      ...{ clientId: CLIENT.id, clientSecret: CLIENT.secret, identityUrl: server.url },
      ...more,
    },
  });
  app = await startApp({
    env: { PORT: new URL(publicUrl).port, BELLHOP_PUBLIC_URL: publicUrl },
    config: {
      integrationPaths,
      integrations: {
        books: of(),
        two: of({ finds: "two" }),
        wrong: of({ finds: "wrong" }),
        unknown: of({ clientId: "nobody" }),
        "voucher-mail": {},
      },
    },
  });
});
afterAll(async () => {
  await app.stop();
  await server.close();
});

beforeEach(async () => {
  server.reset();
  await app.db.knex("oauth_tokens").delete();
  await app.db.knex("connect_links").delete();
});

async function newLink(instance = "books"): Promise<string> {
  const { code, out, err } = await command({ env: app.env }, "connect", instance, "--no-wait");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return out.trim();
}

const tokens = (instance = "books") => app.container.resolve(ConnectedInstances).of(instance);

/** What a person reads. */
function words(html: string): string {
  return html
    .replace(/<style>.*?<\/style>|<head>.*?<\/head>/gs, "")
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ");
}

describe("a link", () => {
  it("leads to the vendor's page, and back to one that says what is connected", async () => {
    const link = await newLink();

    const { status, text, way } = await new Browser().open(link);

    const consent = new URL(way[1] ?? "");
    expect(link).toMatch(new RegExp(`^${publicUrl}/connect/books/[\\w-]{32}$`));
    expect(Object.fromEntries(consent.searchParams)).toMatchObject({
      client_id: CLIENT.id,
      code_challenge_method: "S256",
      scope: "offline_access books",
      prompt: "consent",
    });
    expect(status).toBe(200);
    expect(words(text)).toContain("Connected to Ledger Cloud Fjord &lt;Walks&gt; &amp; Sons (EUR)");
    expect(await tokens().access()).not.toBe("");
    expect(await tokens().account()).toEqual({ id: "books-1" });
  });

  it("is waited for by the command, which tells how it ended", async () => {
    const out: string[] = [];
    const waiting = commandWritingTo(out, "connect", "books");
    const link = await vi.waitFor(() => {
      const found = /https?:\S+\/connect\/books\/\S+/.exec(out.join(""))?.[0];
      expect(found).toBeDefined();
      expect(out.join("")).toContain("Waiting.");
      return found ?? "";
    });
    server.isRefused = true;
    await new Browser().open(link);
    await vi.waitFor(() => expect(out.join("")).toContain("access was not granted"), 5_000);
    server.isRefused = false;

    await new Browser().open(link);

    expect(await waiting).toBe(0);
    expect(out.join("")).toMatch(/Connected: Fjord <Walks> & Sons \(EUR\)\n$/);
    expect(out.join("")).not.toContain("does not answer");
  });

  it("may be looked at by programs and opened again until it has been used", async () => {
    const link = await newLink();
    const looked = await fetch(link, { redirect: "manual" });

    const used = await new Browser().open(link);
    const again = await new Browser().open(link);

    expect([looked.status, used.status, again.status]).toEqual([302, 200, 400]);
    expect(words(again.text)).toContain("not good any more");
  });

  it("is good no longer after an hour, or when there is a newer one", async () => {
    const first = await newLink();
    const second = await newLink();
    const replaced = await new Browser().open(first);
    await app.db.knex("connect_links").update({ expires_at: await app.db.now() });

    const expired = await new Browser().open(second);

    for (const { status, text } of [replaced, expired]) {
      expect(status).toBe(400);
      expect(words(text)).toContain("not good any more");
    }
    expect(server.tokenCalls).toEqual([]);
  });

  it("that expires while the person is at the vendor's page connects nothing", async () => {
    const browser = new Browser();
    const callback = await browser.open(await newLink(), `${publicUrl}/connect/callback`);
    await app.db.knex("connect_links").update({ expires_at: await app.db.now() });

    const { status } = await browser.open(callback.url);

    expect(status).toBe(400);
    expect(server.tokenCalls).toEqual([]);
  });

  it.each(["/connect/books/abc", "/connect/nothing/abc", "/connect/", "/connect/a/b/c"])(
    "that somebody makes up (%s) says so",
    async (path) => {
      const { status, text } = await new Browser().open(`${publicUrl}${path}`);

      expect(status).toBeGreaterThanOrEqual(400);
      expect(words(text)).toMatch(/not good any more|nothing here/);
    },
  );
});

describe("the answer of the vendor", () => {
  it("is taken once: a page loaded again shows the same and asks nobody", async () => {
    const browser = new Browser();
    const callback = await browser.open(await newLink(), `${publicUrl}/connect/callback`);

    const [first, second] = [await browser.open(callback.url), await browser.open(callback.url)];

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(server.tokenCalls).toEqual(["authorization_code"]);
  });

  it("that comes twice at once is looked at once", async () => {
    const browser = new Browser();
    const callback = await browser.open(await newLink(), `${publicUrl}/connect/callback`);

    await Promise.all([1, 2, 3].map(() => browser.open(callback.url)));

    expect(server.tokenCalls).toEqual(["authorization_code"]);
    expect(server.refusals).toEqual([]);
  });

  it("in another browser than the one that left is refused", async () => {
    const callback = await new Browser().open(await newLink(), `${publicUrl}/connect/callback`);

    const { status, text } = await new Browser().open(callback.url);

    expect(status).toBe(400);
    expect(words(text)).toContain("in one browser from beginning to end");
    expect(server.tokenCalls).toEqual([]);
  });

  it.each(["", "x", "00000000.AAAA", "state of somebody else"])(
    "with the state %j is refused",
    async (state) => {
      const browser = new Browser();
      const callback = await browser.open(await newLink(), `${publicUrl}/connect/callback`);
      const url = new URL(callback.url);
      url.searchParams.set("state", state);

      const { status } = await browser.open(url.href);

      expect(status).toBe(400);
      expect(server.tokenCalls).toEqual([]);
    },
  );

  it("with a code that the vendor does not know connects nothing; the link stays good", async () => {
    const [browser, link] = [new Browser(), await newLink()];
    const callback = await browser.open(link, `${publicUrl}/connect/callback`);
    const url = new URL(callback.url);
    url.searchParams.set("code", "made-up");

    const wrong = await browser.open(url.href);
    const right = await browser.open(link);

    expect(words(wrong.text)).toContain("does not take its own answer");
    expect(right.status).toBe(200);
  });

  it("says no: the page says what to do", async () => {
    server.isRefused = true;

    const { status, text } = await new Browser().open(await newLink());

    expect(status).toBe(400);
    expect(words(text)).toContain("access was not granted. Open the link again");
  });

  it("gets lost: the page says so, and the same link connects", async () => {
    const link = await newLink();
    server.nextTokenCalls = ["answer 503"];

    const lost = await new Browser().open(link);
    const found = await new Browser().open(link);

    expect(words(lost.text)).toContain("could not be asked just now");
    expect(found.status).toBe(200);
  });

  it("lacks a step: the page names it, and what was granted is kept", async () => {
    const { text } = await new Browser().open(await newLink("two"));

    expect(words(text)).toContain("One more step write tenantId: a or b");
    expect(await tokens("two").access()).not.toBe("");
  });

  it("is for the wrong account: nothing is kept", async () => {
    const { status, text } = await new Browser().open(await newLink("wrong"));

    expect(status).toBe(400);
    expect(words(text)).toContain("no books there: choose others.");
    await expect(tokens("wrong").access()).rejects.toThrow("nobody has connected yet");
  });
});

it("the pages leave no traces and load nothing from elsewhere", async () => {
  const { headers } = await fetch(`${publicUrl}/connect/books/abc`);
  const style = await fetch(`${publicUrl}/connect/style.css`);

  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  expect(headers.get("content-security-policy")).toBe(
    "default-src 'none';style-src 'self';img-src data:;base-uri 'none';form-action 'none';frame-ancestors 'none'",
  );
  expect([style.status, style.headers.get("content-type")]).toEqual([
    200,
    "text/css; charset=utf-8",
  ]);
});

it("neither token nor code nor secret is in the log or the link table", async () => {
  const link = await newLink();
  const token = link.slice(link.lastIndexOf("/") + 1);
  const { way } = await new Browser().open(link);
  const code = new URL(way.at(-1) ?? "").searchParams.get("code") ?? "?";
  const told = app.logLines.join("\n") + JSON.stringify(await app.db.knex("connect_links"));

  for (const secret of [token, code, CLIENT.secret, await tokens().access()]) {
    expect(told).not.toContain(secret);
  }
});

describe("bellhop connect", () => {
  it.each([
    ["bocks", 2, "no instance is called bocks: those to connect are books, two, wrong, unknown"],
    ["voucher-mail", 1, "voucher-mail needs no connecting"],
  ])("of %s exits %i and says why", async (instance, code, message) => {
    const result = await command({ env: app.env }, "connect", instance);

    expect(result.code).toBe(code);
    expect(result.err).toContain(message);
  });

  it("says so when nobody would answer the link", async () => {
    const elsewhere = { BELLHOP_PUBLIC_URL: `http://127.0.0.1:${await freePort()}` };
    const out: string[] = [];
    const waiting = commandWritingTo(out, "connect", "books", elsewhere);
    await vi.waitFor(() => expect(out.join("")).toContain("Waiting."), 5_000);

    await newLink();

    expect(await waiting).toBe(1);
    expect(out.join("")).toContain("does not answer as it should from here");
    expect(out.join("")).toContain("a newer one was made");
  });
});

/** Runs a command whose words are read while it runs. */
async function commandWritingTo(
  out: string[],
  name: string,
  instance: string,
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const { runCli } = await import("../../src/cli/cli.ts");
  const { environmentOf } = await import("../../src/settings/environment.ts");
  const write = (text: string) => out.push(text);
  return runCli([name, instance], {
    environment: () => environmentOf({ ...app.env, ...env }),
    write,
    writeError: write,
    isTerminal: false,
    columns: 100,
    confirm: () => Promise.resolve(false),
  });
}
