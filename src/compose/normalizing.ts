import type { DependencyContainer } from "tsyringe";

import { FactStore } from "../db/fact-store.ts";
import { Ownership } from "../db/ownership.ts";
import { Worker } from "../dispatch/worker.ts";
import { InboxStore } from "../inbox/inbox-store.ts";
import { IntakeLoad } from "../inbox/intake-load.ts";
import type { ConnectionNormalizer } from "../normalize/connection-normalizer.ts";
import { NormalizeStore } from "../normalize/normalize-store.ts";
import { type Besides, Normalizers } from "../normalize/normalizers.ts";
import { SubjectStore } from "../normalize/subject-store.ts";
import { Metrics } from "../receive/metrics.ts";
import { ComparedDays } from "../reconcile/compared-days.ts";
import { ComparisonStore } from "../reconcile/comparison-store.ts";
import { DifferenceStore } from "../reconcile/difference-store.ts";
import { Reconciler } from "../reconcile/reconciler.ts";
import type { LoadedConnection } from "../registry/registry.ts";
import { CLOCK, DATABASE, type Foundation, HTTP, LOG, once } from "./parts.ts";

/** What finds out what deliveries, and lists, mean. */
export function registerNormalizing(c: DependencyContainer, foundation: Foundation): void {
  once(c, Normalizers, () => makeNormalizers(c, foundation));
}

interface OfConnection {
  connection: LoadedConnection;
  since: number;
  normalizer: ConnectionNormalizer;
}

function makeNormalizers(c: DependencyContainer, foundation: Foundation): Normalizers {
  const metrics = c.resolve(Metrics);
  const parts = {
    db: c.resolve(DATABASE),
    facts: c.resolve(FactStore),
    inbox: c.resolve(InboxStore),
    store: c.resolve(NormalizeStore),
    tools: { http: c.resolve(HTTP), clock: c.resolve(CLOCK), log: c.resolve(LOG) },
    load: c.resolve(IntakeLoad),
    onJobs: () => {
      // A command compares, and leaves jobs to the service.
      if (foundation.roles.has("work")) c.resolve(Worker).wake.call();
    },
    onCommit: (connection: string, { finished, events }: { finished: number; events: number }) => {
      metrics.noteNormalized(connection, finished, events);
    },
  };
  const besides: Besides = (connection, since, normalizer) =>
    makeReconciler(c, foundation, { connection, since, normalizer });
  return new Normalizers(parts, c.resolve(Ownership), besides);
}

/** Only for sources that have lists, and whose settings have what lists ask for. */
function makeReconciler(
  c: DependencyContainer,
  { settings }: Foundation,
  { connection, since, normalizer }: OfConnection,
): Reconciler | undefined {
  const { lists } = connection.integration.source ?? {};
  if (!lists?.isReady(connection.settings)) return undefined;
  const db = c.resolve(DATABASE);
  return new Reconciler({
    connection,
    lists,
    since,
    db,
    inbox: c.resolve(InboxStore),
    subjects: c.resolve(SubjectStore),
    differences: c.resolve(DifferenceStore),
    comparisons: c.resolve(ComparisonStore),
    days: new ComparedDays(db),
    facts: c.resolve(FactStore),
    fetcher: normalizer.fetcher,
    health: normalizer.health,
    clock: c.resolve(CLOCK),
    rules: settings.config.reconcile,
    onEntered: () => {
      normalizer.wake.call();
    },
    log: c.resolve(LOG),
  });
}
