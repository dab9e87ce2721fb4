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
  once(
    c,
    Disclosure,
    () => new Disclosure(c.resolve(DATABASE), c.resolve(PersonRegister), c.resolve(Targets)),
  );
  once(
    c,
    Eraser,
    () =>
      new Eraser({
        db: c.resolve(DATABASE),
        register: c.resolve(PersonRegister),
        records: new Records(c.resolve(DATABASE), c.resolve(SubjectStore)),
        targets: c.resolve(Targets),
        outboxFolder: join(settings.dataFolder, "outbox"),
        connections: [...registry.connections.keys()],
      }),
  );
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
