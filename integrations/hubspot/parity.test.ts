import { Client } from "@hubspot/api-client";
import { afterAll, beforeAll, expect, it } from "vitest";

import type { SimulatedRequest } from "#sdk";
import { vendorServer, type VendorServer } from "#sdk/testing";

import { check } from "./check.ts";
import { companies } from "./companies.ts";
import { contacts } from "./contacts.ts";
import { writeNote } from "./notes.ts";
import { hubspot } from "./target.ts";
import { ANNA, DEAL, Desk, idOf, known } from "./testing.ts";
import { type Exchange, TOKEN } from "./testing/fake-hubspot.ts";

// HubSpot's own library is told the same and sent to a server of ours: what it asks must be what we ask.

let server: VendorServer;
let api: Client;
/** As the fake answered the call that is being told. */
let status = 200;

beforeAll(async () => {
  server = await vendorServer(() => ({
    ...{ status, headers: { "content-type": "application/json" } },
    body: status === 204 ? "" : "{}",
  }));
  api = new Client({ accessToken: TOKEN, basePath: server.url, numberOfApiCallRetries: 0 });
});
afterAll(() => server.close());

/** All that is ever asked of HubSpot. */
async function exchangesOfEverything(): Promise<Exchange[]> {
  const desk = new Desk({ makeProperties: true });
  const { context, fake } = desk;
  const { properties } = fake.records;
  properties.deals = properties.deals.filter(({ name }) => name !== "bellhop_booking");
  await check(context);
  await contacts.find(ANNA, context);
  const anna = await idOf(desk.putContact(ANNA));
  await desk.putContact({ ...ANNA, bookings: 2 }, known(anna));
  const ola = await idOf(desk.putContact({ ...ANNA, person: "p-ola", email: "ola@example.com" }));
  const agent = { key: "fjord/agent/9", name: "Reisen" };
  const fields = companies.fields(agent, context.config) ?? {};
  const companyId = await idOf(companies.put({ thing: agent, fields }, context));
  const deal = await idOf(desk.putDeal({ ...DEAL, contactId: anna, companyId }));
  await desk.putDeal({ ...DEAL, contactId: ola, companyId }, known(deal));
  const note = { key: "fjord/1201/note:1", text: "confirmed", contactId: ola, dealId: deal };
  await writeNote({ ...note, mayExist: false }, context);
  await writeNote({ ...note, mayExist: true }, context);
  fake.records.index();
  await hubspot.read("fjord/1201", context);
  await contacts.erase({ externalId: ola }, context);
  return fake.exchanges;
}

/** The library's method for one of our calls. */
async function say({ method, url, body: bytes }: SimulatedRequest): Promise<void> {
  const { pathname, searchParams } = new URL(url, "http://x");
  const parts = pathname.replace(/^\/crm\/v\d\//, "").split("/");
  const body = (bytes.length > 0 ? JSON.parse(bytes.toString()) : {}) as never;
  const { crm } = api;
  if (parts[0] === "pipelines") {
    await crm.pipelines.pipelinesApi.getAll("deals");
    return;
  }
  if (parts[0] === "properties") {
    const { coreApi } = crm.properties;
    const type = parts[1] ?? "";
    await (method === "GET" ? coreApi.getAll(type) : coreApi.create(type, body));
    return;
  }
  const [, type = "", id = "", action = "", to = "", toId = ""] = parts;
  if (action === "associations") {
    const { basicApi } = crm.associations.v4;
    const limit = Number(searchParams.get("limit"));
    if (method === "GET") await basicApi.getPage(type, id, to, undefined, limit);
    if (method === "PUT") await basicApi.create(type, id, to, toId, body);
    if (method === "DELETE") await basicApi.archive(type, id, to, toId);
    return;
  }
  const apis = {
    ...{ contacts: crm.contacts, companies: crm.companies },
    ...{ deals: crm.deals, notes: crm.objects.notes },
  }[type];
  if (!apis) throw new Error(`no part of the library for ${pathname}`);
  const { basicApi, batchApi, searchApi } = apis as typeof crm.contacts;
  const calls: Record<string, () => Promise<unknown>> = {
    "POST batch/read": () => batchApi.read(body),
    "POST batch/upsert": () => batchApi.upsert(body),
    "POST search": () => searchApi.doSearch(body),
    "POST gdpr-delete": () => crm.contacts.basicApi.purge(body),
    "POST ": () => basicApi.create(body),
    "GET one": () => basicApi.getById(id, searchParams.getAll("properties")),
    "PATCH one": () => basicApi.update(id, body),
  };
  const name = [id, action].filter(Boolean).join("/");
  const call = calls[`${method} ${/^\d+$/.test(id) ? "one" : name}`];
  if (!call) throw new Error(`no method for ${method} ${pathname}`);
  await call();
}

/** What HubSpot makes a difference by. */
function essence({ method, url, headers, body }: SimulatedRequest) {
  const { pathname, searchParams } = new URL(url, "http://x");
  const text = body.toString();
  return {
    ...{ method, path: pathname, query: [...searchParams] },
    authorization: headers["authorization"],
    type: text === "" ? undefined : headers["content-type"]?.split(";")[0],
    body: text === "" ? undefined : (JSON.parse(text) as unknown),
  };
}

it("HubSpot's own library asks the same for everything that is ever asked", async () => {
  const exchanges = await exchangesOfEverything();

  for (const exchange of exchanges) {
    status = exchange.status;
    await say(exchange.request);
  }

  const asked = exchanges.map(({ request }) => essence(request));
  expect(asked.length).toBeGreaterThan(25);
  expect(server.requests.map(essence)).toEqual(asked);
});
