import { sleep } from "../process/sleep.ts";
import { issuedIn } from "../sdk/accounting/issued.ts";
import { isNoted } from "../sdk/accounting/noted.ts";
import type { BooksView, TargetContext } from "../sdk/accounting/target.ts";
import type { LedgerEntry } from "../sdk/context.ts";
import type { BooksInstance } from "./books-instances.ts";
import { compareWithTarget, type PostedDocument } from "./compare-target.ts";
import type { BookingAccount } from "./read-accounts.ts";
import type { BooksDifference } from "./row.ts";
import { scopeOf } from "./lanes.ts";

const MINUTE_MS = 60_000;
/** A running Bellhop posts meanwhile, and needs the other half. */
const SHARE = 1 / 2;

/** Asks a target what it holds, no faster than it can take. */
export class TargetReader {
  readonly #instance: BooksInstance;
  readonly #context: TargetContext<unknown>;
  readonly #apartMs: number;
  #nextAtMs = 0;

  constructor(instance: BooksInstance, context: TargetContext<unknown>) {
    this.#instance = instance;
    this.#context = context;
    const { perMinute = Infinity } = instance.target;
    this.#apartMs = MINUTE_MS / (perMinute * SHARE);
  }

  /**
   * What the target holds otherwise than our ledger says, by scope.
   *
   * @throws what the target throws: a comparison with half of the books would prove nothing.
   */
  async differences(accounts: readonly BookingAccount[]): Promise<Map<string, BooksDifference[]>> {
    const found = new Map<string, BooksDifference[]>();
    const waiting = accounts.filter(isWorthAsking).values();
    const ask = async () => {
      for (const { booking, entries, account } of waiting) {
        const prefix = `${scopeOf(booking)}/`;
        const [currency = "EUR"] = Object.keys(account.amounts);
        const view = await this.#read(prefix, currency);
        found.set(scopeOf(booking), compareWithTarget(prefix, postedIn(entries), view));
      }
    };
    const atOnce = this.#instance.target.atOnce ?? 1;
    await Promise.all(Array.from({ length: atOnce }, ask));
    return found;
  }

  async #read(prefix: string, currency: string): Promise<BooksView> {
    const now = performance.now();
    const atMs = Math.max(now, this.#nextAtMs);
    this.#nextAtMs = atMs + this.#apartMs;
    if (atMs > now) await sleep(atMs - now, this.#context.signal);
    return this.#instance.target.read(prefix, currency, this.#context);
  }
}

/** Bookings that never had a price or a payment are in nobody's books. */
function isWorthAsking({ entries, account }: BookingAccount): boolean {
  const { amounts } = account;
  return (
    entries.length > 0 ||
    Object.values(amounts).some(({ booked, paid }) => booked !== 0 || paid !== 0)
  );
}

function postedIn(entries: readonly LedgerEntry[]): PostedDocument[] {
  return entries.flatMap((entry) => {
    const [one] = issuedIn([entry]);
    // In shadow nothing was posted: whatever kept the books until then has its own numbers.
    if (!one || isNoted(one.document) || entry.state === "would") return [];
    const roundingMinor = Number(entry.data?.["roundingMinor"] ?? 0);
    return [{ document: one.document, isOpen: one.isOpen, roundingMinor }];
  });
}
