import { afterEach, expect, it } from "vitest";

import {
  faultOfAddress,
  type ServedSystem,
  serveSystems,
  type SystemServer,
} from "../../src/simulate/system-server.ts";
import { freePort } from "../harness/servers.ts";

let server: SystemServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Says what it was asked, and that it is the one. */
function echo(name: string): ServedSystem["system"] {
  return {
    answer: ({ method, url, headers, body }) => ({
      status: 200,
      headers: { "x-system": name },
      body: `${name}: ${method} ${url} ${headers["x-key"] ?? ""} ${body.toString()}`,
    }),
  };
}

async function serve(...systems: readonly (readonly [path: string, name: string])[]) {
  server = await serveSystems(
    systems.map(([path, name]) => ({
      apiBaseUrl: `http://127.0.0.1:0${path}`,
      system: echo(name),
    })),
  );
  return server;
}

it("a system sees path and query as it would at its own host, without the path it is served at", async () => {
  const { urls } = await serve(["/tourcms", "tourcms"]);

  const answer = await fetch(`${urls[0] ?? ""}/c/booking/show.xml?booking_id=1201`, {
    headers: { "x-key": "k" },
  });

  expect(await answer.text()).toBe("tourcms: GET /c/booking/show.xml?booking_id=1201 k ");
});

it("systems at one port are told apart by path, the longer one first", async () => {
  const { urls } = await serve(["/", "all"], ["/rest/", "rest"]);
  const [base = ""] = urls;

  const texts = await Promise.all(
    ["rest/", "rest", "rest?a=1", "restaurant", ""].map(async (path) =>
      (await fetch(`${base}${path}`, { method: "POST", body: "b" })).text(),
    ),
  );

  expect(texts).toEqual([
    "rest: POST /  b",
    "rest: POST /  b",
    "rest: POST /?a=1  b",
    "all: POST /restaurant  b",
    "all: POST /  b",
  ]);
});

it("an address that no system has is answered 404, a body over 1 MiB 413", async () => {
  const { urls } = await serve(["/rest", "rest"]);
  const base = urls[0] ?? "";

  const elsewhere = await fetch(base.replace("/rest", "/other"));
  const large = await fetch(base, { method: "POST", body: "x".repeat(1_100_000) });

  expect([elsewhere.status, large.status]).toEqual([404, 413]);
});

it("a system that fails is answered 500, and the calls are counted", async () => {
  const broken: ServedSystem["system"] = {
    answer: () => {
      throw new Error("no such story");
    },
  };
  server = await serveSystems([{ apiBaseUrl: "http://127.0.0.1:0", system: broken }]);

  const answer = await fetch(server.urls[0] ?? "");

  expect(answer.status).toBe(500);
  expect(server.answered).toBe(1);
});

it.each([
  ["http://127.0.0.1:9101", undefined],
  ["http://localhost:9101/rest/", undefined],
  ["http://[::1]:9101", undefined],
  ["https://api.example.com", "is not on this machine (api.example.com)"],
  ["http://127.0.0.1.example.com", "is not on this machine (127.0.0.1.example.com)"],
  ["http://192.0.2.1:9101", "is not on this machine (192.0.2.1)"],
  ["https://127.0.0.1:9101", "must begin with http://"],
  ["127.0.0.1", "is no address"],
])("%s as the address of a simulated system: %s", (address, fault) => {
  expect(faultOfAddress(address)).toBe(fault);
});

it("a simulated system is never served at an address that is not on this machine", async () => {
  const outside = [{ apiBaseUrl: "http://192.0.2.1:9101", system: echo("x") }];

  await expect(serveSystems(outside)).rejects.toThrow("is not on this machine (192.0.2.1)");
});

it("an address that is taken is named, and nothing stays open", async () => {
  const port = await freePort();
  const system = echo("x");
  const free = { apiBaseUrl: `http://127.0.0.1:${port}`, system };
  await serve(["/", "first"]);
  const taken = { apiBaseUrl: server?.urls[0] ?? "", system };

  const attempt = serveSystems([free, taken]);

  await expect(attempt).rejects.toThrow(/cannot serve .* something else listens there/);
  await expect(fetch(free.apiBaseUrl)).rejects.toThrow("fetch failed");
});
