import { expect, it } from "vitest";

import { hashOfCall } from "./hash.ts";
import { fixtureJson } from "./testing.ts";

interface HashVector {
  secret_hash_key: string;
  hash_timestamp: number;
  method: string;
  hash_key: string;
}

it.each(fixtureJson("api/hash_vectors.json") as HashVector[])(
  "a look-up of bookings by $method is hashed as Planyo expects",
  ({ secret_hash_key, hash_timestamp, method, hash_key }) => {
    expect(hashOfCall(secret_hash_key, String(hash_timestamp), method)).toBe(hash_key);
  },
);
