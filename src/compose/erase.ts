import { join } from "node:path";

import type { DependencyContainer } from "tsyringe";

import { ConnectedInstances } from "../connect/connected-instances.ts";
import { EffectStore } from "../effects/effect-store.ts";
import { Disclosure } from "../erase/disclosure.ts";
import { Eraser } from "../erase/eraser.ts";
import { Records } from "../erase/records.ts";
import { Targets } from "../erase/targets.ts";
import { SubjectStore } from "../normalize/subject-store.ts";
import { PersonRegister } from "../people/person-register.ts";
import { connectionDefaults } from "../settings/settings.ts";
import { CLOCK, DATABASE, type Foundation, HTTP, LOG, once } from "./parts.ts";

/** What tells guests what is kept of them, and erases them. */
export function registerErase(c: DependencyContainer, foundation: Foundation): void {
  const { registry, settings } = foundation;
  once(c, Targets, () => makeTargets(c, foundation));
  once(c, Records, () => {
    return new Records(c.resolve(DATABASE), c.resolve(SubjectStore), choosingItems(foundation));
  });
  once(
    c,
    Disclosure,
    () =>
      new Disclosure({
        db: c.resolve(DATABASE),
        register: c.resolve(PersonRegister),
        records: c.resolve(Records),
        targets: c.resolve(Targets),
        connections: [...registry.connections.keys()],
      }),
  );
  once(
    c,
    Eraser,
    () =>
      new Eraser({
        db: c.resolve(DATABASE),
        register: c.resolve(PersonRegister),
        records: c.resolve(Records),
        targets: c.resolve(Targets),
        outboxFolder: join(settings.dataFolder, "outbox"),
        connections: [...registry.connections.keys()],
      }),
  );
}

/** Names of form items by which the configuration chooses bookings. */
function choosingItems({ settings: { config }, registry }: Foundation): ReadonlySet<string> {
  const rules = [
    ...Object.values(config.integrations).map(({ when }) => when),
    ...Object.values(config.calendars),
    ...[...registry.instances.values()].flatMap(
      ({ integration, settings }) => integration.rules?.(settings) ?? [],
    ),
  ];
  return new Set(rules.flatMap(({ custom }) => Object.keys(custom ?? {})));
}

function makeTargets(c: DependencyContainer, { registry, settings }: Foundation): Targets {
  return new Targets({
    db: c.resolve(DATABASE),
    effects: c.resolve(EffectStore),
    instances: registry.instances,
    log: c.resolve(LOG),
    clock: c.resolve(CLOCK),
    http: c.resolve(HTTP),
    dataFolder: settings.dataFolder,
    connectionOf: (id) => connectionDefaults(settings, id),
    tokensOf: (id) => c.resolve(ConnectedInstances).of(id),
  });
}
