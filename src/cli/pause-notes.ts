import type { Database } from "../db/database.ts";
import { type Pause, type PauseKind, PauseStore } from "../dispatch/pause-store.ts";
import type { JobRow } from "../queries/jobs.ts";

/** What ends a pause, and what to do. */
const WAYS_OUT: Readonly<Record<PauseKind, (handler: string) => string>> = {
  person: (handler) => `"bellhop resume ${handler}" ends it`,
  brake: (handler) => `"bellhop resume ${handler}" ends it`,
  refused: () =>
    "put it right; if that is in bellhop.yaml or .env, restart. One job tries each minute",
  limit: () => "it ends by itself",
  breaker: () => "it ends by itself, when a job that tries gets through",
};

/** Why a handler takes no jobs, and until when. */
export function pauseWords({ handler, kind, reason }: Pause): string {
  return `${handler} is paused: ${reason}\n(${WAYS_OUT[kind](handler)})`;
}

/** Of the handlers that the listed jobs wait for. */
export async function pauseNotes(
  db: Database,
  jobs: readonly Pick<JobRow, "handler" | "state">[],
): Promise<string[]> {
  const waiting = new Set(
    jobs.filter(({ state }) => state === "ready" || state === "held").map(({ handler }) => handler),
  );
  const pauses = waiting.size === 0 ? [] : await new PauseStore(db).all();
  return pauses.filter(({ handler }) => waiting.has(handler)).map(pauseWords);
}
