import type { Database } from "../db/database.ts";
import type { FactStore } from "../db/fact-store.ts";
import type { OwnedWork } from "../db/ownership.ts";
import type { InboxStore, WaitingDelivery } from "../inbox/inbox-store.ts";
import type { IntakeLoad } from "../inbox/intake-load.ts";
import { Trouble } from "../process/trouble.ts";
import { Wake } from "../process/wake.ts";
import type { LoadedConnection } from "../registry/registry.ts";
import { BatchCommit, type Group } from "./commit-batch.ts";
import { BookingFetcher, type FetcherTools } from "./fetch-booking.ts";
import { failureName } from "./failure-name.ts";
import {
  endOfError,
  endOfNotFound,
  type FetchEnd,
  LOOK_DELAYS_MS,
  stateWithoutLook,
} from "./fetch-end.ts";
import { BudgetMemory } from "./budget-memory.ts";
import { Learned } from "./learned.ts";
import { SourceHealth } from "./source-health.ts";
import { LookBuilder } from "./look-builder.ts";
import { isListed } from "../inbox/listed-notice.ts";
import { maskCardsIn } from "./mask-cards.ts";
import type { CommitResult, NormalizeStore } from "./normalize-store.ts";
import { readUnit, type ReadUnit } from "./read-unit.ts";
import { SubjectQueues } from "./subject-queues.ts";
import { queueOf, type Unit } from "./unit.ts";
import { MAX_LOOKS } from "./unseen-ending.ts";

/** Deliveries that other processes receive are found within this time. */
const POLL_MS = 500;
const TROUBLE_MS = 1_000;
const HELD_RETRY_MS = 5 * 60_000;
/** Deliveries in memory at most; small ones that wait for a slow source. */
const CAPACITY = 1_000;
/** Deliveries in one commit: short enough not to keep requests waiting. */
const BATCH = 64;

export interface NormalizerParts {
  db: Database;
  facts: FactStore;
  inbox: InboxStore;
  store: NormalizeStore;
  tools: FetcherTools;
  load: IntakeLoad;
  /** Called after a commit that added jobs. */
  onJobs(): void;
  onCommit(connection: string, result: CommitResult, durationMs: number): void;
}

/**
 * Understands the deliveries of one connection: takes them in order of arrival, fetches where the
 * source needs it, compares and commits in batches. A booking that waits for a fetch holds back
 * only itself.
 */
export class ConnectionNormalizer implements OwnedWork {
  readonly wake = new Wake();
  /** Whoever else asks the source shares its budget. */
  readonly fetcher: BookingFetcher;
  readonly health: SourceHealth;
  readonly #connection: LoadedConnection;
  readonly #looks: LookBuilder;
  readonly #parts: NormalizerParts;
  readonly #learned: Learned;
  readonly #budgetMemory: BudgetMemory;
  readonly #batch: BatchCommit;
  readonly #queues = new SubjectQueues<Unit>();
  readonly #inHand = new Set<number>();
  #ready: Group[] = [];
  #stopping = new AbortController();
  #loop: Promise<void> | undefined;
  readonly #fetching = new Set<Promise<void>>();
  /** Fetches that failed in a row, by booking. */
  readonly #failures = new Map<string, number>();
  #heldReleasedAt = -Infinity;
  readonly #trouble = new Trouble((error) => {
    const { id } = this.#connection;
    this.#parts.tools.log.error({ connection: id, error }, "could not normalize deliveries");
  });

  /** @param since Bookings made before are no news. UTC milliseconds. */
  constructor(connection: LoadedConnection, since: number, parts: NormalizerParts) {
    this.#connection = connection;
    this.#looks = new LookBuilder(connection, since);
    this.#parts = parts;
    this.#learned = new Learned(connection.id, { ...parts, log: parts.tools.log });
    const { db, facts, tools } = parts;
    this.health = new SourceHealth(connection.id, { db, facts, ...tools });
    const memory = { learned: this.#learned, health: this.health };
    this.fetcher = new BookingFetcher(connection, tools, memory);
    this.#budgetMemory = new BudgetMemory(connection.id, this.fetcher.budget, parts);
    this.#batch = new BatchCommit(connection.id, parts.store, parts.tools.log);
  }

  /** True when nothing is in memory. Deliveries may still wait in the store. */
  get isIdle(): boolean {
    return this.#inHand.size === 0;
  }

  begin(): void {
    this.#stopping = new AbortController();
    this.#loop = this.#run(this.#stopping.signal);
  }

  async end(): Promise<void> {
    this.#stopping.abort(new Error("stopping"));
    this.wake.call();
    await this.#loop;
    await Promise.all(this.#fetching);
    // What is in memory is still waiting in the store.
    this.#queues.clear();
    this.#inHand.clear();
    this.#failures.clear();
    this.#ready = [];
  }

  async #run(signal: AbortSignal): Promise<void> {
    await this.#recall().catch((error: unknown) => {
      this.#trouble.note(error);
    });
    while (!signal.aborted) {
      try {
        await this.#parts.load.relief();
        await this.#releaseHeld();
        await this.#budgetMemory.keep();
        const taken = await this.#take();
        this.#pump();
        const committed = await this.#commit();
        if (taken + committed === 0) await this.wake.sleep(POLL_MS);
      } catch (error) {
        this.#trouble.note(error);
        await this.wake.sleep(TROUBLE_MS);
      }
    }
  }

  /** What other processes, or this one before a restart, have found out about the source. */
  async #recall(): Promise<void> {
    await this.#learned.load();
    await this.health.load();
    await this.#budgetMemory.recall();
  }

  /** A missing key may have been set, a refused one replaced: what was held gets another chance. */
  async #releaseHeld(): Promise<void> {
    if (performance.now() - this.#heldReleasedAt < HELD_RETRY_MS) return;
    this.#heldReleasedAt = performance.now();
    await this.#parts.inbox.releaseHeld(this.#connection.id);
  }

  async #take(): Promise<number> {
    const room = Math.min(CAPACITY - this.#inHand.size, BATCH);
    if (room <= 0) return 0;
    const due = await this.#parts.inbox.duePositions(this.#connection.id, this.#inHand.size + room);
    const fresh = due.filter((position) => !this.#inHand.has(position)).slice(0, room);
    if (fresh.length === 0) return 0;
    const deliveries = await this.#parts.inbox.read(fresh);
    for (const delivery of deliveries) this.#accept(delivery);
    return deliveries.length;
  }

  #accept(delivery: WaitingDelivery): void {
    this.#inHand.add(delivery.position);
    const { unit, unread } = this.#readUnit(delivery);
    if (unread) this.#ready.push({ units: [unit], looks: [], unread: [unread] });
    else this.#queues.add(queueOf(unit), unit);
  }

  #readUnit(delivery: WaitingDelivery): ReadUnit {
    return readUnit(this.#connection, delivery, {
      learned: this.#learned,
      log: this.#parts.tools.log,
    });
  }

  /** Moves on every subject whose turn it is: to a fetch, or straight to the comparison. */
  #pump(): void {
    const startable = this.#queues.startable();
    const isUrgent = ({ items }: { items: readonly Unit[] }) =>
      items.some(({ delivery }) => !isListed(delivery));
    // What a call told goes first; what only a list showed has waited for long already.
    for (const queue of startable.filter(isUrgent)) this.#startGroup(queue, true);
    for (const queue of startable) if (!isUrgent(queue)) this.#startGroup(queue, false);
  }

  #startGroup({ name, items }: { name: string; items: readonly Unit[] }, isUrgent: boolean): void {
    const [head] = items;
    if (!head) return;
    const isFetch = this.#needsFetch(head);
    const units = items.slice(
      0,
      countWhile(items, (unit) => this.#needsFetch(unit) === isFetch),
    );
    if (!isFetch) {
      this.#queues.start(name, units.length);
      this.#ready.push({ units, looks: this.#looks.ofPayloads(units), unread: [] });
    } else if (this.fetcher.pause || this.#hasRoom(isUrgent)) {
      this.#queues.start(name, units.length);
      this.#track(this.#fetchGroup(name, units));
    }
  }

  #hasRoom(isUrgent: boolean): boolean {
    const { budget } = this.fetcher;
    return this.#fetching.size < budget.concurrency && (isUrgent || budget.canSpare);
  }

  #needsFetch({ parts }: Unit): boolean {
    const [part] = parts;
    return parts.length === 1 && part?.notice.fetch !== undefined && this.fetcher.canFetch;
  }

  #track(work: Promise<void>): void {
    this.#fetching.add(work);
    void work.finally(() => {
      this.#fetching.delete(work);
      this.wake.call();
    });
  }

  /** One fetch answers all waiting calls about the booking, also those that wait to be looked at again. */
  async #fetchGroup(reference: string, queued: readonly Unit[]): Promise<void> {
    const units = [...queued];
    try {
      await this.#fetchFor(units, reference);
    } catch (error) {
      // They still wait in the store, and are taken anew when it is back.
      this.#letGo(units);
      const { id: connection } = this.#connection;
      const why = failureName(error);
      this.#parts.tools.log.error({ connection, reference, why }, "could not note a fetch");
    }
  }

  /** @param units Grows by those that wait to be looked at again. */
  async #fetchFor(units: Unit[], reference: string): Promise<void> {
    const { signal } = this.#stopping;
    const { pause } = this.fetcher;
    if (pause) {
      const { ms, reason } = pause;
      await this.#end(units, reference, { kind: "postpone", delayMs: ms, reason, isLook: false });
      return;
    }
    units.push(...(await this.#joinPostponed(reference)));
    const how = units.at(-1)?.parts[0]?.notice.fetch ?? {};
    try {
      const view = await this.fetcher.fetch(reference, how, signal);
      this.#failures.delete(reference);
      if (view) {
        const look = this.#looks.ofFetch(units, reference, maskCardsIn(view));
        this.#ready.push({ units, looks: [look], unread: [] });
        return;
      }
    } catch (error) {
      if (signal.aborted) return;
      const end = this.#endOfFailure(reference, units, error);
      const { id: connection } = this.#connection;
      this.#parts.tools.log.warn({ connection, reference, ...end }, "fetch failed");
      await this.#end(units, reference, end);
      return;
    }
    await this.#end(units, reference, endOfNotFound(reference, units));
  }

  #endOfFailure(reference: string, units: readonly Unit[], error: unknown): FetchEnd {
    const failures = (this.#failures.get(reference) ?? 0) + 1;
    const end = endOfError(error, units, { now: this.#parts.tools.clock.now(), failures });
    if (end.kind === "postpone") this.#failures.set(reference, failures);
    else this.#failures.delete(reference);
    return end;
  }

  async #joinPostponed(subject: string): Promise<Unit[]> {
    const { id } = this.#connection;
    const positions = await this.#parts.inbox.postponedPositions(id, subject);
    const absent = positions.filter((position) => !this.#inHand.has(position));
    if (absent.length === 0) return [];
    const units: Unit[] = [];
    for (const delivery of await this.#parts.inbox.read(absent)) {
      const { unit, unread } = this.#readUnit(delivery);
      if (unread) continue;
      this.#inHand.add(delivery.position);
      units.push(unit);
    }
    return units;
  }

  async #end(units: readonly Unit[], subject: string, end: FetchEnd): Promise<void> {
    if (end.kind === "postpone") {
      const positions = units.map(({ delivery }) => delivery.position);
      await this.#parts.inbox.postpone(positions, { ...end, subject });
      this.#letGo(units);
      return;
    }
    const isShown = ({ parts }: Unit) =>
      end.kind === "payload" && parts.some(({ notice }) => notice.view !== undefined);
    const unread = units
      .filter((unit) => !isShown(unit))
      .map(({ delivery, masked }) => {
        const { position } = delivery;
        const state = stateWithoutLook(end, delivery);
        return { position, state, subject, reason: end.reason, ...(masked && { masked }) };
      });
    this.#ready.push({ units, looks: this.#looks.ofPayloads(units.filter(isShown)), unread });
  }

  async #commit(): Promise<number> {
    const groups = this.#takeReady();
    if (groups.length === 0) return 0;
    const startedAt = performance.now();
    const { id } = this.#connection;
    try {
      const result = await this.#batch.commit(groups, this.#parts.tools.clock.now());
      await this.#lookAgain(groups, result.again);
      this.#parts.onCommit(id, result, performance.now() - startedAt);
      if (result.jobs > 0) this.#parts.onJobs();
    } finally {
      // Also after a failure: they still wait in the store and are taken anew.
      for (const { units } of groups) this.#letGo(units);
    }
    return groups.length;
  }

  #takeReady(): Group[] {
    let count = 0;
    const end = this.#ready.findIndex(({ units }) => (count += units.length) > BATCH);
    return this.#ready.splice(0, end === -1 ? this.#ready.length : Math.max(1, end));
  }

  async #lookAgain(groups: readonly Group[], again: CommitResult["again"]): Promise<void> {
    const looks = new Map(
      groups.flatMap(({ units }) =>
        units.map(({ delivery }) => [delivery.position, delivery.looks]),
      ),
    );
    for (const { verdict, subject } of again) {
      const { position, reason = "" } = verdict;
      const delayMs = LOOK_DELAYS_MS[Math.min(looks.get(position) ?? 0, MAX_LOOKS - 1)] ?? 0;
      await this.#parts.inbox.postpone([position], { delayMs, reason, subject, isLook: true });
    }
  }

  #letGo(units: readonly Unit[]): void {
    for (const unit of units) {
      this.#inHand.delete(unit.delivery.position);
      this.#queues.finish(queueOf(unit));
    }
  }
}

function countWhile<T>(items: readonly T[], isTrue: (item: T) => boolean): number {
  const end = items.findIndex((item) => !isTrue(item));
  return end === -1 ? items.length : end;
}
