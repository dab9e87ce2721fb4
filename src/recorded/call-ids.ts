import { createHash } from "node:crypto";

import { v5 as uuidv5 } from "uuid";

import type { RecordedCall } from "./recorded-call.ts";

/** Of this program's own making: ids of recorded calls are like no others. */
const NAMESPACE = "5c0de1f4-7a51-5b0e-9d1c-0be11409ca11";
/** Equal calls of the same second stand close together. */
const REMEMBERED = 10_000;

/**
 * Names for recorded calls, the same whenever a record is read again: by connection, time and
 * content, and by how many equal ones came before in this record.
 */
export class CallIds {
  readonly #connection: string;
  readonly #counts = new Map<string, number>();

  constructor(connection: string) {
    this.#connection = connection;
  }

  next({ receivedAt, method, query, body }: RecordedCall): string {
    const hash = createHash("sha256");
    hash.update(JSON.stringify([this.#connection, receivedAt, method, query])).update(body);
    const base = uuidv5(hash.digest(), NAMESPACE);
    const before = this.#counts.get(base) ?? 0;
    this.#counts.set(base, before + 1);
    if (this.#counts.size > REMEMBERED) this.#forgetOldest();
    return before === 0 ? base : uuidv5(String(before), base);
  }

  #forgetOldest(): void {
    for (const oldest of this.#counts.keys()) {
      this.#counts.delete(oldest);
      return;
    }
  }
}
