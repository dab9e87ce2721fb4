import { createHmac } from "node:crypto";

import { kindOf } from "#sdk";
import { delivery, sourceContext } from "#sdk/testing";
import { describe, expect, test } from "vitest";
import { z } from "zod";

import { source } from "./source.ts";
import { config, fixture } from "./testing.ts";

const KEY = "demo-inline-key-9f8e7d";
const settings = config({ channels: { "51234": { apiKey: KEY } } });
const QUERY =
  "event=new_confirmed_web&account_id=90001&account_name=f&channel_id=51234&booking_id=1201";

const Vectors = z.array(
  z.object({ file: z.string(), key: z.string(), expect: z.enum(["accept", "reject"]) }),
);
const vectors = Vectors.parse(JSON.parse(fixture("inline/signature_vectors.json")));

function verify(query: string, body: string, using = settings, method = "POST"): boolean {
  const raw = delivery({ method, query, body: Buffer.from(body) });
  return source.verify?.(raw, sourceContext(using)) ?? false;
}

const BOOKING = "<booking_id>1201</booking_id><account_id>90001</account_id>";
const IDS = "booking/booking_id booking/account_id booking/channel_id";

/** A body signed by the rules, with any algorithm and any list of fields. */
function signed(
  text: string,
  {
    fields = IDS,
    booking = `${BOOKING}<channel_id>51234</channel_id><note>a|b</note><empty/>`,
    algorithm = "sha256",
    key = KEY,
  } = {},
): string {
  const hash = createHmac(algorithm, key).update(text).digest("hex");
  return (
    `<response><error>OK</error><booking>${booking}</booking><signed>` +
    `<algorithm>${algorithm}</algorithm><hash_fields>${fields}</hash_fields><hash>${hash}</hash>` +
    "</signed></response>"
  );
}

test.each(vectors)("the signed call $file is met with: $expect", (vector) => {
  const using = config({ channels: { "51234": { apiKey: vector.key } } });
  const [query, body] = [fixture(`${vector.file}.query`), fixture(`${vector.file}.xml`)];

  expect(verify(query, body, using)).toBe(vector.expect === "accept");
});

test("there are vectors of both kinds", () => {
  expect(vectors.map((vector) => vector.expect)).toEqual(
    expect.arrayContaining(["accept", "reject"]),
  );
});

describe("a call that we signed ourselves by the rules", () => {
  test.each([
    ["the three ids", "1201|90001|51234", {}],
    ["sha384", "1201|90001|51234", { algorithm: "sha384" }],
    ["sha512", "1201|90001|51234", { algorithm: "sha512" }],
    [
      "ids found anywhere",
      "1201|90001|51234",
      { fields: "//booking_id //account_id //channel_id" },
    ],
    ["a path that matches nothing", "1201|90001|51234", { fields: `${IDS} booking/none` }],
    ["an empty element", "1201|90001|51234|", { fields: `${IDS} booking/empty` }],
    ["a text with the separator", "1201|90001|51234|a|b", { fields: `${IDS} booking/note` }],
  ])("is taken: %s", (_name, text, options) => {
    expect(verify(QUERY, signed(text, options))).toBe(true);
  });

  test.each([
    ["another key", "1201|90001|51234", { key: "someone-elses-key" }],
    ["a weak algorithm", "1201|90001|51234", { algorithm: "md5" }],
    ["no fields", "", { fields: "" }],
    ["the booking number not signed", "90001|51234", { fields: IDS.slice(19) }],
    ["the account not signed", "1201|51234", { fields: "booking/booking_id booking/channel_id" }],
    ["a field twice", "1201|90001|51234|1201", { fields: `${IDS} booking/booking_id` }],
    ["two spaces", "1201|90001|51234", { fields: IDS.replace(" ", "  ") }],
    ["a predicate", "1201|90001|51234", { fields: `${IDS} booking/note[1]` }],
    ["a function", "1201|90001|51234", { fields: `${IDS} string(booking)` }],
    ["a parent step", "1201|90001|51234", { fields: `${IDS} booking/../booking/none` }],
    ["a wildcard", "1201|90001|51234", { fields: `${IDS} booking/*` }],
  ])("is refused: %s", (_name, text, options) => {
    expect(verify(QUERY, signed(text, options))).toBe(false);
  });

  test.each(["booking_id=1202", "channel_id=51235", "account_id=90001&booking_id=01201"])(
    "is refused when the address says something else: %s",
    (changed) => {
      const channels = { "51234": { apiKey: KEY }, "51235": { apiKey: KEY } };
      const query = `${changed}&${QUERY}`;

      expect(verify(query, signed("1201|90001|51234"), config({ channels }))).toBe(false);
    },
  );

  test("is refused when the booking's number stands there twice", () => {
    const booking = `${BOOKING}<channel_id>51234</channel_id><booking_id>1299</booking_id>`;

    expect(verify(QUERY, signed("1201|1299|90001|51234", { booking }))).toBe(false);
  });
});

test("a list of many searches through the whole document is refused before it costs much", () => {
  const fields = (count: number) =>
    [IDS, ...Array.from({ length: count }, (_, index) => `//field${index}`)].join(" ");

  expect(verify(QUERY, signed("1201|90001|51234", { fields: fields(16) }))).toBe(true);
  expect(verify(QUERY, signed("1201|90001|51234", { fields: fields(17) }))).toBe(false);
});

test.each([
  ["a body without a signature", "<response><booking/></response>"],
  ["JSON", fixture("inline/check_availability_payload.json")],
  ["half a body", fixture("inline/new_confirmed_web_inline.xml").slice(0, 2000)],
  ["an entity attack", fixture("awkward/doctype_entity_attack.xml")],
])("%s is refused", (_name, body) => {
  expect(verify(QUERY, body)).toBe(false);
});

test("the ordinary webhook is never signed", () => {
  expect(verify(QUERY, "", settings, "GET")).toBe(true);
  expect(verify(QUERY, "", settings, "POST")).toBe(true);
});

test("a signed call for a channel without a key waits for that key", () => {
  let error: unknown;
  try {
    verify(QUERY, signed("1201|90001|51234"), config({ channels: { "51300": { apiKey: "k" } } }));
  } catch (thrown) {
    error = thrown;
  }

  expect(kindOf(error)).toBe("configuration");
  expect(error).toMatchObject({ message: expect.stringContaining("channel 51234") as string });
});
