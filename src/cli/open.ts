import { BooksCheck } from "../books/books-check.ts";
import type { Database } from "../db/database.ts";
import { migrate } from "../db/migrate.ts";
import { DryRuns } from "../dispatch/dry-run.ts";
import type { Helper } from "../compose/sync.ts";
import { HandlerTable, type TableEntry } from "../dispatch/handler-table.ts";
import { JobStore } from "../dispatch/job-store.ts";
import { PauseStore } from "../dispatch/pause-store.ts";
import { Disclosure } from "../erase/disclosure.ts";
import { Eraser } from "../erase/eraser.ts";
import { layFoundation, openDatabase } from "../foundation.ts";
import { createLog } from "../log.ts";
import { Normalizers } from "../normalize/normalizers.ts";
import { SubjectStore } from "../normalize/subject-store.ts";
import { Replays } from "../queries/replays.ts";
import { ComparisonStore } from "../reconcile/comparison-store.ts";
import type { Registry } from "../registry/registry.ts";
import { OccurrenceStore } from "../schedule/occurrence-store.ts";
import { Timetable } from "../schedule/timetable.ts";
import type { Clock, Log, Pdf, Templates } from "../sdk/context.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import { Syncs } from "../sync/syncs.ts";
import type { Shell } from "./shell.ts";

/** What a command that only looks needs. */
export interface OpenStore {
  settings: Settings;
  db: Database;
}

/** What a command that does something needs. */
export interface OpenBellhop extends OpenStore {
  registry: Registry;
  handlers: HandlerTable;
  jobs: JobStore;
  pauses: PauseStore;
  dryRuns: DryRuns;
  replays: Replays;
  comparisons: ComparisonStore;
  timetable: Timetable;
  occurrences: OccurrenceStore;
  subjects: SubjectStore;
  normalizers: Normalizers;
  books: BooksCheck;
  syncs: Syncs;
  eraser: Eraser;
  disclosure: Disclosure;
  /** Runs the jobs of some handlers while the command runs. */
  helperFor: (handlers: readonly TableEntry[]) => Helper;
  workshop: { clock: Clock; pdf: Pdf; templates: Templates };
}

/** Opens the store, with no more of the configuration than where it is, and closes it again. */
export async function withStore<T>(
  shell: Shell,
  work: (store: OpenStore) => Promise<T>,
): Promise<T> {
  const settings = readSettings(shell.environment());
  const db = await openDatabase(settings);
  try {
    await migrate(db);
    return await work({ settings, db });
  } finally {
    await db.close();
  }
}

/**
 * Composes Bellhop without starting any of it.
 *
 * @param usual What of the log is shown when nothing else is asked for.
 */
export async function withBellhop<T>(
  shell: Shell,
  work: (bellhop: OpenBellhop) => Promise<T>,
  usual: UsualLevel = "warn",
): Promise<T> {
  const settings = readSettings(shell.environment());
  const foundation = await layFoundation(settings, new Set(), commandLog(settings, usual));
  // Loaded late: commands that only look answer twice as fast without it.
  const { CLOCK, compose, MAILROOM, makeHelper, PDF, TEMPLATES } = await import("../compose.ts");
  const { db, registry } = foundation;
  const container = compose(foundation);
  try {
    return await work({
      settings,
      db,
      registry,
      handlers: container.resolve(HandlerTable),
      jobs: container.resolve(JobStore),
      pauses: container.resolve(PauseStore),
      dryRuns: container.resolve(DryRuns),
      replays: container.resolve(Replays),
      comparisons: container.resolve(ComparisonStore),
      timetable: container.resolve(Timetable),
      occurrences: container.resolve(OccurrenceStore),
      subjects: container.resolve(SubjectStore),
      normalizers: container.resolve(Normalizers),
      books: container.resolve(BooksCheck),
      syncs: container.resolve(Syncs),
      eraser: container.resolve(Eraser),
      disclosure: container.resolve(Disclosure),
      helperFor: (entries) => makeHelper(container, foundation, entries),
      workshop: {
        clock: container.resolve(CLOCK),
        pdf: container.resolve(PDF),
        templates: container.resolve(TEMPLATES),
      },
    });
  } finally {
    container.resolve(MAILROOM).close();
    await db.close();
  }
}

/** `error` where the command itself tells of what its log would warn. */
type UsualLevel = "warn" | "error";

/** A command says what it did itself; of the log only what is wrong, or what was asked for. */
export function commandLog({ logLevel }: Settings, usual: UsualLevel = "warn"): Log {
  return createLog(logLevel === "info" ? usual : logLevel);
}
