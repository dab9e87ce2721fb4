import { afterEach, describe as suite, expect, it } from "vitest";

import { checkContext } from "#sdk/testing";

import { check } from "./check.ts";
import { describe } from "./site.ts";
import { planyoServer, type PlanyoServer, refused, savedAnswer, told } from "./testing.ts";

let server: PlanyoServer;
afterEach(() => server.close());

const site = (parts: object = {}) => told({ name: "Cabanes", timezone: "Europe/Madrid", ...parts });

function resources(count: number, first = 1) {
  return Array.from({ length: count }, (_, index) => ({
    id: first + index,
    name: `Boat ${first + index}`,
  }));
}

suite("what Planyo says of the site that bookings come from", () => {
  it("is its name, zone and language, and the resources that can be reserved", async () => {
    server = await planyoServer(({ method }) =>
      method === "get_site_info"
        ? savedAnswer("get_site_info_77001.json")
        : told({ resources: [{ id: 3101, name: "Cabin" }, { id: 3102 }, { name: "nameless" }] }),
    );

    expect(await describe(checkContext(server.config()))).toEqual({
      name: "Cabanes del Bosc",
      timeZone: "Europe/Madrid",
      language: "es",
      parts: [
        { kind: "resource", id: "3101", name: "Cabin" },
        { kind: "resource", id: "3102", name: "3102" },
      ],
    });
  });

  it("has the resources of a map under their keys, and a currency where it is told", async () => {
    server = await planyoServer(({ method }) =>
      method === "get_site_info"
        ? site({ currency: "EUR", default_language: "x" })
        : told({ results: { "3101": { name: "Cabin" } } }),
    );

    expect(await describe(checkContext(server.config()))).toEqual({
      name: "Cabanes",
      timeZone: "Europe/Madrid",
      currency: "EUR",
      parts: [{ kind: "resource", id: "3101", name: "Cabin" }],
    });
  });

  it("has the resources of several pages, and an end where pages are ignored", async () => {
    server = await planyoServer(({ method, page }) => {
      if (method === "get_site_info") return site();
      return told({ resources: page === "0" ? resources(100) : resources(50, 101) });
    });
    expect((await describe(checkContext(server.config()))).parts).toHaveLength(150);
    await server.close();

    server = await planyoServer(({ method }) =>
      method === "get_site_info" ? site() : told({ resources: resources(100) }),
    );
    expect((await describe(checkContext(server.config()))).parts).toHaveLength(100);
  });

  it("has no more than 500 resources", async () => {
    server = await planyoServer(({ method, page }) =>
      method === "get_site_info"
        ? site()
        : told({ resources: resources(300, 300 * Number(page) + 1) }),
    );

    expect((await describe(checkContext(server.config()))).parts).toHaveLength(500);
    expect(server.calls).toHaveLength(3);
  });

  it("is asked once where a check asks too", async () => {
    server = await planyoServer(({ method }) =>
      method === "get_site_info" ? site() : told({ resources: resources(1) }),
    );
    const context = checkContext(server.config());

    await check(context);
    await describe(context);

    expect(server.calls.map(({ method }) => method)).toEqual(["get_site_info", "list_resources"]);
  });

  it("is nothing without a key, and an error where the key is refused", async () => {
    server = await planyoServer(() => refused(1, "Invalid API key"));

    expect(await describe(checkContext(server.config({ apiKey: undefined })))).toEqual({
      parts: [],
    });
    await expect(describe(checkContext(server.config()))).rejects.toMatchObject({
      kind: "configuration",
    });
  });
});
