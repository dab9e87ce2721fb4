import { hash } from "node:crypto";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";

import { SecretKey } from "../../src/connect/secret-key.ts";
import { askForTokens, type Client } from "../../src/connect/token-endpoint.ts";
import { TokenStore } from "../../src/connect/token-store.ts";
import { Tokens } from "../../src/connect/tokens.ts";
import type { Database } from "../../src/db/database.ts";
import { httpClient } from "../../src/http/http-client.ts";
import { kindOf, messageOf } from "../../src/sdk/errors.ts";
import { memoryLog } from "../../src/sdk/testing.ts";
import {
  type AuthorizationServer,
  CLIENT,
  startAuthorizationServer,
} from "../harness/authorization-server.ts";
import { Browser } from "../harness/browser.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { onEachStore } from "../harness/stores.ts";

const REDIRECT = "http://127.0.0.1:9/callback";
const VERIFIER = "v".repeat(43);

let server: AuthorizationServer;
let dataFolder: string;
const log = memoryLog();

beforeAll(async () => {
  server = await startAuthorizationServer(REDIRECT);
});
afterAll(() => server.close());

beforeEach(() => {
  server.reset();
  dataFolder = temporaryFolder();
});
afterEach(() => {
  rmSync(dataFolder, { recursive: true, force: true });
});

function client(): Client {
  return { tokenUrl: `${server.url}/token`, clientId: CLIENT.id, clientSecret: CLIENT.secret };
}

/** What the server grants to a person who agrees. */
async function grant() {
  const url = new URL(`${server.url}/auth`);
  const parameters = {
    ...{ client_id: CLIENT.id, response_type: "code", redirect_uri: REDIRECT, prompt: "consent" },
    ...{ scope: "offline_access books", code_challenge_method: "S256", state: "x" },
    code_challenge: hash("sha256", VERIFIER, "base64url"),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const end = await new Browser().open(url.href, REDIRECT);
  const code = new URL(end.url).searchParams.get("code") ?? "";
  return askForTokens(
    client(),
    { grant_type: "authorization_code", code, code_verifier: VERIFIER, redirect_uri: REDIRECT },
    httpClient,
  );
}

/** As a process has it that has just been started. */
function newProcess(db: Database, secretKey?: string) {
  const store = new TokenStore(db, new SecretKey({ secretKey, dataFolder }));
  return { store, tokens: new Tokens("books", client(), { store, http: httpClient, log }) };
}

async function connected(db: Database) {
  const { store, tokens } = newProcess(db);
  await store.connect("books", await grant(), { id: "books-1" });
  return { store, tokens };
}

/** The access token has ended, as half an hour later. */
async function expire(db: Database): Promise<void> {
  await db.knex("oauth_tokens").update({ expires_at: 0 });
}

const refreshes = () => server.tokenCalls.filter((type) => type === "refresh_token").length;

async function failureOf(promise: Promise<unknown>) {
  const error: unknown = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  return { kind: kindOf(error), message: messageOf(error) };
}

onEachStore((store) => {
  it("tokens are kept sealed, the key in a file that nobody else may read", async () => {
    const db = await store.open();
    const { tokens } = await connected(db);

    const access = await tokens.access();

    const row: unknown = await db.knex("oauth_tokens").first("sealed");
    expect((row as { sealed: Buffer }).sealed.toString("latin1")).not.toContain(access);
    expect(statSync(join(dataFolder, "secret.key")).mode & 0o777).toBe(0o600);
    expect(await tokens.account()).toEqual({ id: "books-1" });
    expect(refreshes()).toBe(0);
  });

  it("two processes that refresh at once never show a token that has been replaced", async () => {
    const db = await store.open();
    await connected(db);

    for (let round = 1; round <= 5; round += 1) {
      await expire(db);
      const processes = [newProcess(db), newProcess(db), newProcess(db)];
      const asked = processes.flatMap(({ tokens }) => [tokens.access(), tokens.access()]);
      const got = new Set(await Promise.all(asked));

      expect(got.size).toBe(1);
      expect(refreshes()).toBe(round);
    }
    expect(server.refusals).toEqual([]);
  });

  it("a token that is refused before its time is replaced once, whoever else was refused", async () => {
    const db = await store.open();
    const { tokens } = await connected(db);
    const first = await tokens.access();

    await Promise.all([tokens.refused(first), tokens.refused(first)]);
    const second = await tokens.access();
    await tokens.refused(first);

    expect(second).not.toBe(first);
    expect(await tokens.access()).toBe(second);
    expect(refreshes()).toBe(1);
  });

  it("when the answer was lost, the same refresh token is shown again", async () => {
    const db = await store.open();
    const { tokens } = await connected(db);
    server.repeatsAnswers = true;
    server.nextTokenCalls = ["lose the answer"];
    await expire(db);

    const first = await failureOf(tokens.access());
    const second = await tokens.access();

    expect(first.kind).toBe("retryable");
    expect(second).not.toBe("");
    expect(server.refusals).toEqual([]);
  });

  it("where a vendor forgives no lost answer, a person has to connect again, and nobody asks any more", async () => {
    const db = await store.open();
    const { tokens } = await connected(db);
    server.nextTokenCalls = ["lose the answer"];
    await expire(db);
    await failureOf(tokens.access());

    const second = await failureOf(tokens.access());
    const calls = server.tokenCalls.length;
    const third = await failureOf(newProcess(db).tokens.access());

    expect(second.kind).toBe("configuration");
    expect(second.message).toMatch(/invalid_grant: connect again: bellhop connect books$/);
    expect(third).toEqual(second);
    expect(server.tokenCalls).toHaveLength(calls);
  });

  it("connecting again puts an end to a refusal, also in processes that run", async () => {
    const db = await store.open();
    const { store: kept, tokens } = await connected(db);
    await kept.refuse("books", 1, "127.0.0.1 says invalid_grant");
    expect((await failureOf(tokens.access())).kind).toBe("configuration");

    await newProcess(db).store.connect("books", await grant(), {});

    expect(await tokens.access()).not.toBe("");
  });

  it("a process that dies while it refreshes is waited for no longer than its claim", async () => {
    const db = await store.open();
    const { store: kept, tokens } = await connected(db);
    await expire(db);
    expect(await kept.claim("books", 1, "of a process that dies")).toBe(true);
    expect(await kept.claim("books", 1, "of another")).toBe(false);

    await db.knex("oauth_tokens").update({ claim_until: db.knex.raw(`${db.dialect.nowMs} + 300`) });
    const startedAt = performance.now();
    await tokens.access();

    expect(performance.now() - startedAt).toBeGreaterThan(250);
    expect(refreshes()).toBe(1);
  });

  it("a late answer does not replace what somebody has connected meanwhile", async () => {
    const db = await store.open();
    const { store: kept } = await connected(db);
    const again = await grant();
    await kept.connect("books", again, { id: "books-2" });

    const isReplaced = await kept.replace("books", 1, { accessToken: "old", lifetimeMs: 60_000 });

    expect(isReplaced).toBe(false);
    expect(await newProcess(db).tokens.access()).toBe(again.accessToken);
  });

  it.each([
    ["answer 503" as const, "retryable", /answered 503/],
    ["answer 429" as const, "retryable", /answered 429/],
  ])("a token endpoint that does %s is asked again", async (mishap, kind, message) => {
    const db = await store.open();
    const { tokens } = await connected(db);
    server.nextTokenCalls = [mishap];
    await expire(db);

    const failure = await failureOf(tokens.access());

    expect(failure.kind).toBe(kind);
    expect(failure.message).toMatch(message);
    expect(await tokens.access()).not.toBe("");
  });

  it("a wrong client secret is named, and ends no access", async () => {
    const db = await store.open();
    const { store: kept } = await connected(db);
    await expire(db);
    const wrong = { ...client(), clientSecret: "wrong" };
    const tokens = new Tokens("books", wrong, { store: kept, http: httpClient, log });

    const failure = await failureOf(tokens.access());

    expect(failure.kind).toBe("configuration");
    expect(failure.message).toMatch(/client id or the client secret.*invalid_client/);
    expect(failure.message).not.toContain("wrong");
    expect(await newProcess(db).tokens.access()).not.toBe("");
  });

  it("nobody has connected, or with another key: both say what to run", async () => {
    const db = await store.open();
    const before = await failureOf(newProcess(db).tokens.access());
    await connected(db);

    const other = await failureOf(newProcess(db, "k".repeat(44)).tokens.access());

    expect(before).toEqual({
      kind: "configuration",
      message: "nobody has connected yet: run bellhop connect books",
    });
    expect(other.kind).toBe("configuration");
    expect(other.message).toMatch(
      /sealed with the key \w{8}, not with \w{8}.*bellhop connect books/,
    );
  });

  it("what is sealed for one instance opens for no other, and not when it was touched", async () => {
    const db = await store.open();
    const { store: kept } = await connected(db);
    await db.knex("oauth_tokens").update({ instance: "others" });
    const moved = await failureOf(kept.read("others"));
    const row: unknown = await db.knex("oauth_tokens").first("sealed");
    const { sealed } = row as { sealed: Buffer };
    sealed[20] = (sealed[20] ?? 0) ^ 1;
    await db.knex("oauth_tokens").update({ instance: "books", sealed });

    const touched = await failureOf(kept.read("books"));

    expect(moved.message).toContain("damaged");
    expect(touched.message).toContain("damaged");
  });
});

it("of processes that make a key at once, all have the same one", () => {
  const keys = Array.from({ length: 5 }, () => new SecretKey({ secretKey: undefined, dataFolder }));

  const sealed = keys.map((key) => key.seal("x", "secret"));

  expect(new Set(sealed.map(({ keyId }) => keyId)).size).toBe(1);
  for (const key of keys) for (const one of sealed) expect(key.open("x", one)).toBe("secret");
  expect(readFileSync(join(dataFolder, "secret.key"), "utf8").trim()).toHaveLength(43);
});

it("no secret is in the log", () => {
  expect(log.lines.join("\n")).not.toMatch(/secret\/with|v{43}/);
});
