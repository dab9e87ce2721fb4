import { randomFillSync } from "node:crypto";

import { v7 as uuidv7 } from "uuid";

const ID_BYTES = 16;
const pool = Buffer.alloc(ID_BYTES * 256);
let used = pool.length;

/** A UUIDv7: a name, not an order. Randomness is drawn for many at once; one by one it costs most. */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, (used += ID_BYTES));
  return uuidv7({ random });
}
