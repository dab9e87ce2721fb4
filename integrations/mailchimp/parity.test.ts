import library from "@mailchimp/mailchimp_marketing";
import { afterAll, beforeAll, expect, it } from "vitest";

import type { SimulatedRequest } from "#sdk";
import { vendorServer, type VendorServer } from "#sdk/testing";

import { check } from "./check.ts";
import { contacts } from "./contacts.ts";
import { hashOf } from "./members.ts";
import { mailchimp } from "./target.ts";
import { AGREED, ANNA, Desk, known } from "./testing.ts";
import { API_KEY } from "./testing/fake-mailchimp.ts";

// Mailchimp's own library is told the same and sent to a server of ours: what it asks must be what we
// ask.

type Api = Record<string, (...given: unknown[]) => Promise<unknown>>;
// Its types leave out half of the parameters.
const api = library as unknown as {
  lists: Api & { apiClient: { basePath: string } };
  searchMembers: Api;
  setConfig(config: object): void;
};

let server: VendorServer;

beforeAll(async () => {
  server = await vendorServer(() => ({
    ...{ status: 200, headers: { "content-type": "application/json" }, body: "{}" },
  }));
  api.setConfig({ apiKey: API_KEY });
  api.lists.apiClient.basePath = `${server.url}/3.0`;
});
afterAll(() => server.close());

/** All that is ever asked of Mailchimp. */
async function requestsOfEverything(): Promise<SimulatedRequest[]> {
  const desk = new Desk({ tags: ["guest"] });
  await check(desk.context);
  await desk.putFound(ANNA);
  await desk.putFound({ ...AGREED, phone: "+4711" });
  await desk.put({ ...AGREED, email: "anna.berg@example.com" });
  const moved = { ...ANNA, email: "anna.berg@example.com" };
  await desk.put(moved, known(hashOf("anna@example.com")));
  desk.fake.add("anna@example.com", "subscribed");
  await desk.putFound({ ...ANNA, consent: "no" });
  await mailchimp.read("anna", desk.context);
  const found = await contacts.find(ANNA, desk.context);
  if (found) await contacts.erase(found, desk.context);
  return desk.fake.exchanges.map(({ request }) => request);
}

/** The library's method for one of our calls. */
async function say({ method, url, body: bytes }: SimulatedRequest): Promise<void> {
  const { pathname, searchParams } = new URL(url, "http://x");
  const [, list, part, hash, action] = pathname.replace("/3.0/", "").split("/");
  const body = (bytes.length > 0 ? JSON.parse(bytes.toString()) : {}) as unknown;
  const options = Object.fromEntries(searchParams);
  const { lists, searchMembers } = api;
  const calls: Record<string, () => Promise<unknown> | undefined> = {
    "GET ": () => lists["getList"]?.(list),
    "GET merge-fields": () => lists["getListMergeFields"]?.(list, options),
    "GET members": () => lists["getListMember"]?.(list, hash),
    "PUT members": () => lists["setListMember"]?.(list, hash, body, options),
    "PATCH members": () => lists["updateListMember"]?.(list, hash, body, options),
    "DELETE members": () => lists["deleteListMember"]?.(list, hash),
    "POST members/tags": () => lists["updateListMemberTags"]?.(list, hash, body),
    "POST members/actions": () => lists["deleteListMemberPermanent"]?.(list, hash),
    "GET search": () => searchMembers["search"]?.(options["query"], options),
  };
  const name = pathname.endsWith("/search-members")
    ? "search"
    : [part, action].filter(Boolean).join("/");
  const call = calls[`${method} ${name}`];
  if (!call) throw new Error(`no method for ${method} ${pathname}`);
  await call();
}

/** What Mailchimp makes a difference by. */
function essence({ method, url, headers, body }: SimulatedRequest) {
  const { pathname, searchParams } = new URL(url, "http://x");
  const [, credentials = ""] = (headers["authorization"] ?? "").split(" ");
  const text = body.toString();
  return {
    ...{ method, path: pathname },
    query: Object.fromEntries([...searchParams].toSorted()),
    // Any name goes with the key.
    key: Buffer.from(credentials, "base64").toString().split(":")[1],
    type: text === "" ? undefined : headers["content-type"],
    body: text === "" || text === "{}" ? undefined : (JSON.parse(text) as unknown),
  };
}

it("Mailchimp's own library asks the same for everything that is ever asked", async () => {
  const ours = await requestsOfEverything();

  for (const request of ours) await say(request);

  expect(ours.length).toBeGreaterThan(12);
  const withoutEmptyBody = ours.map(essence);
  expect(server.requests.map(essence).map(plain)).toEqual(withoutEmptyBody.map(plain));
});

/** The library names a type also where it sends nothing. */
function plain({ type, ...rest }: ReturnType<typeof essence>) {
  return { ...rest, type: rest.body === undefined ? undefined : type };
}
