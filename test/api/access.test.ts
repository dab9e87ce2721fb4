import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type App, API_TOKEN, callApi, startApp } from "../harness/app.ts";

describe("with a token set", () => {
  let app: App;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  it("the token opens the API, in any case of the word Bearer", async () => {
    expect((await callApi(app, "/status")).status).toBe(200);
    const lower = { authorization: `bearer ${API_TOKEN}` };
    expect((await callApi(app, "/status", { headers: lower })).status).toBe(200);
  });

  it.each([
    ["no token", {}],
    ["another token", { authorization: "Bearer wrong" }],
    ["the beginning of the token", { authorization: `Bearer ${API_TOKEN.slice(0, -1)}` }],
    ["another scheme", { authorization: `Basic ${API_TOKEN}` }],
  ])("%s is refused, whatever the path", async (_, headers: Record<string, string>) => {
    for (const path of ["/status", "/bookings", "/nowhere"]) {
      const refused = await callApi(app, path, { headers });

      expect(refused.status).toBe(401);
      expect(refused.headers.get("www-authenticate")).toBe("Bearer");
      expect(refused.headers.get("content-type")).toContain("application/problem+json");
      expect(refused.body).toMatchObject({ status: 401, title: "Unauthorized" });
      expect(JSON.stringify(refused.body)).not.toContain(API_TOKEN.slice(0, 8));
    }
  });

  it("the description needs no token", async () => {
    const response = await fetch(`${app.url}/api/v1/openapi.json`);

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ openapi: "3.1.0" });
  });

  it("answers stay out of caches", async () => {
    const { headers } = await callApi(app, "/bookings");

    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("etag")).toBeNull();
  });
});

it("who guesses tokens is slowed down, who has the token is not", async () => {
  const app = await startApp();
  try {
    const guesses = Array.from({ length: 40 }, (_, guess) =>
      callApi(app, "/status", { headers: { authorization: `Bearer ${guess}` } }),
    );
    const answers = (await Promise.all(guesses)).map(({ status }) => status);

    expect(answers.filter((status) => status === 401)).toHaveLength(30);
    expect(answers.filter((status) => status === 429)).toHaveLength(10);
    const slowed = await callApi(app, "/status", { headers: {} });
    expect(slowed.body).toMatchObject({ status: 429 });
    expect(Number(slowed.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await callApi(app, "/status")).status).toBe(200);
  } finally {
    await app.stop();
  }
});

it("without a token in the settings every call is refused and says what to set", async () => {
  const app = await startApp({ env: { BELLHOP_API_TOKEN: "" } });
  try {
    const refused = await callApi(app, "/status");

    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toBe("Bearer");
    expect(JSON.stringify(refused.body)).toContain("BELLHOP_API_TOKEN");
  } finally {
    await app.stop();
  }
});

it("a process without the console role has no API", async () => {
  const app = await startApp({ roles: "receive,work" });
  try {
    expect((await fetch(`${app.url}/api/v1/status`)).status).toBe(404);
    expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
  } finally {
    await app.stop();
  }
});
