import type { OwnedWork } from "../db/ownership.ts";
import type { FactStore } from "../db/fact-store.ts";
import type { SourceHealth } from "../normalize/source-health.ts";
import { sleep } from "../process/sleep.ts";
import { Wake } from "../process/wake.ts";
import type { Log } from "../sdk/context.ts";
import { kindOf, messageOf } from "../sdk/errors.ts";
import type { ComparedDays } from "./compared-days.ts";
import { Comparer, type ComparerParts, type Task } from "./comparer.ts";
import { type Comparison, NO_PROGRESS, type Wanted } from "./comparison.ts";
import type { ComparisonStore } from "./comparison-store.ts";
import { daysAfter } from "./days.ts";
import { Settlement } from "./settle.ts";
import { Pace } from "./pace.ts";
import {
  importWanted,
  isNightDue,
  isRoundDue,
  localToday,
  nightOf,
  roundOf,
  type ScheduleRules,
  type ScheduleState,
} from "./schedule.ts";

/** What the lists are noted as, beside the keys of fetches. */
const LISTS = "lists";
const POLL_MS = 1_000;
/** What a comparison led to is mostly done soon; then less and less often. */
const FIRST_SETTLE_MS = 50;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 15 * 60_000;

export interface ReconcilerParts extends ComparerParts {
  facts: FactStore;
  health: Pick<SourceHealth, "noteAnswer" | "noteRefusal">;
  comparisons: ComparisonStore;
  days: ComparedDays;
  rules: ScheduleRules & { importDays: number };
  log: Log;
}

/**
 * Compares one connection with its source: what somebody asks for at once, and by itself every
 * quarter of an hour and every night. Belongs to the process that normalizes the connection: both
 * share what the source allows.
 */
export class Reconciler implements OwnedWork {
  /** Somebody has asked for something. */
  readonly wake = new Wake();
  readonly #parts: ReconcilerParts;
  readonly #pace: Pace;
  #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #state: ScheduleState = {};
  /** Of what is under way; kept, so that its steps go on where they were. */
  readonly #comparers = new Map<string, { task: Task; comparer: Comparer }>();
  readonly #settlement: Settlement;
  #settleMs = FIRST_SETTLE_MS;
  #failures = 0;
  #scheduleFrom = 0;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    const { integration, settings } = parts.connection;
    const { db, differences, lists } = parts;
    this.#settlement = new Settlement(db, differences, lists.announced);
    this.#pace = new Pace(integration.source?.budget?.(settings));
  }

  begin(): void {
    this.#stopping = new AbortController();
    this.#loop = this.#run(this.#stopping.signal);
  }

  async end(): Promise<void> {
    this.#stopping.abort(new Error("stopping"));
    this.wake.call();
    await this.#loop;
    this.#comparers.clear();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { log, connection } = this.#parts;
    let isReady = false;
    while (!signal.aborted) {
      try {
        if (!isReady) await this.#prepare();
        isReady = true;
        if (!(await this.#next(signal))) await this.wake.sleep(POLL_MS);
      } catch (error) {
        if (isAborted(signal)) return;
        log.error({ connection: connection.id, error }, "could not compare with the source");
        await sleep(this.#retryMs(error), signal).catch(() => undefined);
      }
    }
  }

  async #prepare(): Promise<void> {
    const { facts, connection } = this.#parts;
    const stored = await facts.get(this.#fact);
    this.#state = stored === undefined ? {} : (JSON.parse(stored) as ScheduleState);
    const imported = `imported:${connection.id}`;
    if (this.#parts.rules.importDays === 0 || (await facts.get(imported)) !== undefined) return;
    await this.#parts.comparisons.ask(connection.id, "import", this.#firstImport());
    await facts.getOrSet(imported, new Date(this.#now).toISOString());
  }

  #firstImport(): Wanted {
    return importWanted(this.#today, daysAfter(this.#today, this.#parts.rules.importDays));
  }

  /** @returns false when there is nothing to do now. */
  async #next(signal: AbortSignal): Promise<boolean> {
    const { comparisons, connection, log } = this.#parts;
    const [asked] = await comparisons.open(connection.id);
    if (asked) return this.#stepAsked(asked, signal);
    if (performance.now() < this.#scheduleFrom) return false;
    try {
      await this.#settleLeft();
      const hasWorked = await this.#stepSchedule(signal);
      this.#failures = 0;
      return hasWorked;
    } catch (error) {
      if (isAborted(signal)) throw error;
      log.warn({ connection: connection.id, reason: messageOf(error) }, "could not compare");
      this.#scheduleFrom = performance.now() + this.#retryMs(error);
      if (kindOf(error) === "permanent") await this.#giveUpScheduled(messageOf(error));
      return false;
    }
  }

  /** The same question would fail in the same way: the office is told, the next time may be better. */
  async #giveUpScheduled(reason: string): Promise<void> {
    this.#parts.health.noteRefusal(LISTS, reason);
    const name = this.#state.round ? "round" : "night";
    await this.#endScheduled(name, this.#now, this.#state[name]?.progress.waiting ?? []);
  }

  async #stepAsked(asked: Comparison, signal: AbortSignal): Promise<boolean> {
    const { comparisons, connection, log } = this.#parts;
    const { task, comparer } = this.#comparerOf(asked.id, () => this.#taskOf(asked));
    try {
      const isThrough = await comparer.step(signal);
      this.#failures = 0;
      // It is done when what it led to is.
      if (!isThrough) return true;
      if ((await comparer.settle()) > 0) {
        await sleep(this.#settleMs, signal);
        this.#settleMs = Math.min(2 * this.#settleMs, POLL_MS);
        return true;
      }
      this.#settleMs = FIRST_SETTLE_MS;
      await this.#count(task);
      await comparisons.end(asked.id, "done", null);
      this.#comparers.delete(asked.id);
      log.info({ connection: connection.id, comparison: asked.id, ...task.progress }, "compared");
    } catch (error) {
      if (isAborted(signal)) throw error;
      await this.#afterFailure(asked, task, error, signal);
    }
    return true;
  }

  /** What a person must put right ends it; what passes is waited for. */
  async #afterFailure(
    { id }: Comparison,
    { progress }: Task,
    error: unknown,
    signal: AbortSignal,
  ): Promise<void> {
    const { comparisons, connection, log } = this.#parts;
    const kind = kindOf(error);
    const reason = messageOf(error);
    log.warn({ connection: connection.id, comparison: id, reason }, "could not go on comparing");
    if (kind === "configuration" || kind === "permanent") {
      await comparisons.end(id, "failed", reason);
      this.#comparers.delete(id);
      return;
    }
    await comparisons.note(id, progress, reason);
    await sleep(this.#retryMs(error), signal);
  }

  #retryMs(error: unknown): number {
    this.#failures += 1;
    const growing = FIRST_RETRY_MS * 2 ** Math.min(this.#failures - 1, 20);
    const askedMs = (error as { retryAfterMs?: number } | null)?.retryAfterMs ?? 0;
    return Math.max(askedMs, Math.min(growing, LONGEST_RETRY_MS));
  }

  async #stepSchedule(signal: AbortSignal): Promise<boolean> {
    const { rules, lists, connection } = this.#parts;
    const spacingMs = this.#pace.spacingMs(lists.changed.length * this.#partCount);
    if (!this.#state.round && isRoundDue(this.#state, rules, spacingMs, this.#now)) {
      const round = { wanted: roundOf(this.#state, this.#now), progress: NO_PROGRESS };
      this.#state = { ...this.#state, round };
    }
    if (this.#state.round) return this.#stepScheduled("round", signal);
    if (!this.#state.night && isNightDue(this.#state, rules, localToday(this.#now))) {
      const today = lists.dayOf(this.#now, connection.settings);
      const wanted = nightOf(this.#state, rules, today, this.#now);
      this.#state = { ...this.#state, night: { wanted, progress: NO_PROGRESS } };
    }
    return this.#state.night ? this.#stepScheduled("night", signal) : false;
  }

  async #stepScheduled(name: "round" | "night", signal: AbortSignal): Promise<boolean> {
    const startedAt = this.#now;
    const { task, comparer } = this.#comparerOf(name, () => this.#scheduledTask(name));
    await comparer.settle();
    if (!(await comparer.step(signal))) return true;
    await this.#count(task);
    this.#parts.health.noteAnswer(LISTS);
    await this.#endScheduled(name, startedAt, task.progress.waiting);
    return true;
  }

  /** @param waiting What it led to and is not done with. */
  async #endScheduled(
    name: "round" | "night",
    startedAt: number,
    waiting: readonly number[],
  ): Promise<void> {
    this.#comparers.delete(name);
    const { round, night, ...rest } = this.#state;
    const other = name === "round" ? night && { night } : round && { round };
    const left = { ...rest, ...other, waiting: [...(rest.waiting ?? []), ...waiting] };
    const ended =
      name === "round"
        ? { roundAt: startedAt }
        : { dailyAt: startedAt, nightOn: localToday(startedAt).day };
    await this.#keep({ ...left, ...ended });
  }

  async #keep(state: ScheduleState): Promise<void> {
    const { facts, db } = this.#parts;
    await facts.put(db.knex, this.#fact, JSON.stringify(state));
    this.#state = state;
  }

  /** Follows what earlier rounds have led to. */
  async #settleLeft(): Promise<void> {
    const { waiting: left = [] } = this.#state;
    if (left.length === 0) return;
    const { waiting } = await this.#settlement.settle(left, this.#now);
    if (waiting.length !== left.length) await this.#keep({ ...this.#state, waiting });
  }

  #comparerOf(name: string, makeTask: () => Task): { task: Task; comparer: Comparer } {
    const known = this.#comparers.get(name);
    if (known) return known;
    const task = makeTask();
    const made = { task, comparer: new Comparer(this.#parts, task) };
    this.#comparers.set(name, made);
    return made;
  }

  #taskOf({ id, wanted, progress, createdAt }: Comparison): Task {
    const { comparisons } = this.#parts;
    return {
      wanted,
      progress,
      askedAt: createdAt,
      save: (after, trx) => comparisons.note(id, after, null, trx),
      beforeCall: () => Promise.resolve(),
    };
  }

  #scheduledTask(name: "round" | "night"): Task {
    const { facts, db } = this.#parts;
    const begun = this.#state[name];
    if (!begun) throw new Error(`no ${name} has begun`);
    return {
      ...begun,
      save: async (progress, trx) => {
        const state = { ...this.#state, [name]: { ...begun, progress } };
        await facts.put(trx ?? db.knex, this.#fact, JSON.stringify(state));
        this.#state = state;
      },
      beforeCall: (signal) => this.#pace.turn(signal),
    };
  }

  async #count({ progress: { there, here } }: Task): Promise<void> {
    const { days, connection } = this.#parts;
    await days.note(connection.id, { there, here }, this.#now);
  }

  get #partCount(): number {
    const { lists, connection } = this.#parts;
    return lists.parts?.(connection.settings).length ?? 1;
  }

  get #now(): number {
    return this.#parts.clock.now();
  }

  get #today(): string {
    return this.#parts.lists.dayOf(this.#now, this.#parts.connection.settings);
  }

  get #fact(): string {
    return `reconcile:${this.#parts.connection.id}`;
  }
}

/** The type checker does not know that a signal changes while something is waited for. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
