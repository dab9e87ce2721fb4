import { setTimeout as sleep } from "node:timers/promises";

import { handlersOf } from "../dispatch/run-job.ts";
import type { LoadedInstance } from "../registry/registry.ts";
import { periodOf } from "../sdk/crm/standing.ts";
import { kindOf, messageOf, type RetryableError } from "../sdk/errors.ts";
import type { HandlerResult } from "../sdk/integration.ts";
import type { ErasingTurn } from "./erasing-turn.ts";
import type { Guest } from "./guests.ts";
import { contextFor, type TargetParts } from "./target-context.ts";

/** How an instance took it. */
export interface Reached {
  instance: string;
  /** What was done there. */
  done?: string;
  /** Why nothing had to be done. */
  skipped?: string;
  /** Why it could not be reached. */
  failed?: string;
}

/** What an instance holds. */
export interface Exported {
  instance: string;
  held?: object;
  /** Why it could not be asked. */
  failed?: string;
}

interface Keeper {
  instance: LoadedInstance;
  people: NonNullable<LoadedInstance["integration"]["people"]>;
}

const TRIES = 3;
const MAX_WAIT_MS = 15_000;

/** Has every target that keeps people erase them. */
export class Targets {
  readonly #parts: TargetParts;

  constructor(parts: TargetParts) {
    this.#parts = parts;
  }

  /** Those that can be asked. Nothing leaves from one that is in shadow. */
  get ids(): string[] {
    return this.#keepers.map(({ instance }) => instance.id);
  }

  async erase(guests: readonly Guest[], turn: ErasingTurn): Promise<Reached[]> {
    const reached: Reached[] = [];
    for (const keeper of this.#keepers) {
      const results: Reached[] = [];
      for (const guest of guests) results.push(await this.#eraseAt(keeper, guest, turn));
      reached.push(resultOf(keeper.instance.id, results));
    }
    return reached;
  }

  /** All that they hold of a guest, by instance; those that cannot be asked tell nothing. */
  async export(guest: Guest): Promise<Exported[]> {
    const exported: Exported[] = [];
    for (const { instance, people } of this.#keepers) {
      const { id } = instance;
      try {
        const context = await contextFor(this.#parts, instance, guest);
        const held = await people.export?.(guest, context);
        if (held) exported.push({ instance: id, held });
      } catch (error) {
        exported.push({ instance: id, failed: messageOf(error) });
      }
    }
    return exported;
  }

  /** What the ledger had to keep of a person to find them there: hashes of what was written. */
  async forget({ id: person }: Guest): Promise<void> {
    const period = periodOf("contact", person);
    for (const { instance } of this.#keepers) {
      const rows: { position: number; data: Buffer | null }[] = await this.#parts.db
        .knex("effects")
        .where({ period })
        .whereIn("handler", handlersOf(instance.integration, instance.id))
        .select("position", "data");
      const positions = rows.filter(({ data }) => !isErasure(data)).map(({ position }) => position);
      await this.#parts.db.knex("effects").whereIn("position", positions).update({ data: null });
    }
  }

  get #keepers(): Keeper[] {
    return [...this.#parts.instances.values()].flatMap((instance) => {
      const { integration, mode } = instance;
      return integration.people && mode !== "shadow"
        ? [{ instance, people: integration.people }]
        : [];
    });
  }

  async #eraseAt({ instance, people }: Keeper, guest: Guest, turn: ErasingTurn): Promise<Reached> {
    const { id } = instance;
    for (let tries = 1; ; tries += 1) {
      try {
        const context = await contextFor(this.#parts, instance, guest, turn);
        const result: HandlerResult = await people.erase(guest, context);
        return { instance: id, ...result };
      } catch (error) {
        if (kindOf(error) !== "retryable" || tries === TRIES) {
          this.#parts.log.warn({ instance: id, error }, "could not erase a guest");
          return { instance: id, failed: messageOf(error) };
        }
        await sleep(waitMs(error, tries));
      }
    }
  }
}

/** That somebody was erased has to be known for good: nothing of before counts any more. */
function isErasure(data: Buffer | null): boolean {
  const { state } = JSON.parse(data?.toString("utf8") ?? "{}") as { state?: string };
  return state === "erased";
}

function waitMs(error: unknown, tries: number): number {
  const { retryAfterMs, waitsAloneMs } = error as RetryableError;
  const asked = Math.max(retryAfterMs, waitsAloneMs);
  return Math.min(MAX_WAIT_MS, asked > 0 ? asked : 500 * 2 ** tries);
}

/** Of several guests what was done counts, and what went wrong before it. */
function resultOf(instance: string, results: readonly Reached[]): Reached {
  const failed = results.find((one) => one.failed !== undefined);
  const done = results.flatMap((one) => one.done ?? []);
  if (failed) return failed;
  if (done.length > 0) return { instance, done: [...new Set(done)].join("; ") };
  return { instance, skipped: results[0]?.skipped ?? "nothing is kept of the guest" };
}
