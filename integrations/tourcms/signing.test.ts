import { expect, test } from "vitest";
import { z } from "zod";

import { signature, signatureHeaders } from "./signing.ts";
import { fixture } from "./testing.ts";

const Vectors = z.array(
  z.object({
    api_key: z.string(),
    channel_id: z.string(),
    marketplace_id: z.string(),
    verb: z.enum(["GET", "POST"]),
    unix_time: z.number(),
    x_tourcms_date_http: z.string(),
    path: z.string(),
    signature: z.string(),
    authorization: z.string(),
  }),
);
const vectors = Vectors.parse(JSON.parse(fixture("api/signing_vectors.json")));

test("there are vectors to sign by", () => {
  expect(vectors).toHaveLength(4);
});

test.each(vectors)("a call is signed as TourCMS expects: $verb $path", (vector) => {
  const call = {
    channelId: vector.channel_id,
    marketplaceId: vector.marketplace_id,
    method: vector.verb,
    path: vector.path,
    timeMs: vector.unix_time * 1000 + 999,
  };

  expect(signature(call, vector.api_key)).toBe(vector.signature);
  expect(signatureHeaders(call, vector.api_key)).toEqual({
    authorization: vector.authorization,
    "x-tourcms-date": vector.x_tourcms_date_http,
  });
});
