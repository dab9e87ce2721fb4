import type { DependencyContainer } from "tsyringe";

import { CounterStore } from "../db/counter-store.ts";
import { FactStore } from "../db/fact-store.ts";
import { HourlyCounts } from "../db/hourly-counts.ts";
import { HandlerTable } from "../dispatch/handler-table.ts";
import { JobStore } from "../dispatch/job-store.ts";
import { LaneStore } from "../dispatch/lane-store.ts";
import { PauseStore } from "../dispatch/pause-store.ts";
import { SettleStore } from "../dispatch/settle-store.ts";
import { Shadow } from "../dispatch/shadow.ts";
import { EffectStore } from "../effects/effect-store.ts";
import { InboxStore } from "../inbox/inbox-store.ts";
import { EventStore } from "../normalize/event-store.ts";
import { NormalizeStore } from "../normalize/normalize-store.ts";
import { SubjectStore } from "../normalize/subject-store.ts";
import { AliasStore } from "../people/alias-store.ts";
import { Identity } from "../people/identity.ts";
import { PersonRegister } from "../people/person-register.ts";
import { ComparisonStore } from "../reconcile/comparison-store.ts";
import { DifferenceStore } from "../reconcile/difference-store.ts";
import type { Mode } from "../settings/config-schema.ts";
import type { Settings } from "../settings/settings.ts";
import { TimerPlanner } from "../schedule/timer-planner.ts";
import { CLOCK, DATABASE, type Foundation, once } from "./parts.ts";
import { registerSchedule } from "./schedule.ts";

export function registerStores(c: DependencyContainer, { registry, settings }: Foundation): void {
  once(c, CounterStore, () => new CounterStore(c.resolve(DATABASE)));
  once(c, FactStore, () => new FactStore(c.resolve(DATABASE)));
  once(c, HourlyCounts, () => new HourlyCounts(c.resolve(DATABASE)));
  once(c, InboxStore, () => new InboxStore(c.resolve(DATABASE)));
  once(c, Identity, () => makeIdentity(settings));
  once(
    c,
    PersonRegister,
    () => new PersonRegister(new AliasStore(c.resolve(DATABASE)), c.resolve(Identity)),
  );
  once(c, SubjectStore, () => new SubjectStore(c.resolve(DATABASE), c.resolve(Identity)));
  once(c, DifferenceStore, () => new DifferenceStore(c.resolve(DATABASE)));
  once(c, ComparisonStore, () => new ComparisonStore(c.resolve(DATABASE)));
  once(c, EventStore, () => new EventStore());
  once(c, EffectStore, () => new EffectStore(c.resolve(DATABASE)));
  once(c, LaneStore, () => new LaneStore(c.resolve(DATABASE)));
  once(c, PauseStore, () => new PauseStore(c.resolve(DATABASE)));
  once(c, Shadow, () => makeShadow(c, settings));
  once(c, HandlerTable, () => new HandlerTable(registry.instances.values(), c.resolve(Identity)));
  once(
    c,
    JobStore,
    () => new JobStore(c.resolve(DATABASE), c.resolve(HandlerTable), c.resolve(CounterStore)),
  );
  once(c, SettleStore, () => new SettleStore(c.resolve(DATABASE), c.resolve(CounterStore)));
  once(
    c,
    NormalizeStore,
    () =>
      new NormalizeStore({
        db: c.resolve(DATABASE),
        inbox: c.resolve(InboxStore),
        subjects: c.resolve(SubjectStore),
        events: c.resolve(EventStore),
        jobs: c.resolve(JobStore),
        counters: c.resolve(CounterStore),
        follower: c.resolve(TimerPlanner),
      }),
  );
  registerSchedule(c, registry, settings);
}

function makeIdentity({ config }: Settings): Identity {
  const countries = Object.entries(config.connections).flatMap(([id, { country }]) =>
    country === undefined ? [] : [[id, country] as const],
  );
  const { relayDomains } = config.people;
  return new Identity({ relayDomains, countries: Object.fromEntries(countries) });
}

function makeShadow(c: DependencyContainer, { config }: Settings): Shadow {
  const modes = (places: Readonly<Record<string, { mode: Mode }>>) =>
    new Map(Object.entries(places).map(([id, { mode }]) => [id, mode]));
  return new Shadow({
    db: c.resolve(DATABASE),
    facts: c.resolve(FactStore),
    clock: c.resolve(CLOCK),
    connections: modes(config.connections),
    instances: modes(config.integrations),
  });
}
