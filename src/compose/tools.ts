import type { DependencyContainer } from "tsyringe";

import { ConnectedInstances } from "../connect/connected-instances.ts";
import { UNREADABLE_TOKENS } from "../connect/tokens.ts";
import { FactStore } from "../db/fact-store.ts";
import { PauseStore } from "../dispatch/pause-store.ts";
import { reach } from "../http/reach.ts";
import { Mailroom } from "../mail/mailroom.ts";
import { learnedOf } from "../normalize/learned.ts";
import { productTemplates } from "../paths.ts";
import { createPdf } from "../pdf/pdf.ts";
import { StartChecks } from "../registry/start-checks.ts";
import { createTemplates } from "../templates/template-store.ts";
import { registerConnecting } from "./connecting.ts";
import { type Basis, CLOCK, HTTP, LOG, MAILROOM, once, PDF, TEMPLATES } from "./parts.ts";

const REFUSED_PAUSE_MS = 60_000;

export function registerTools(c: DependencyContainer, basis: Basis): void {
  const { settings } = basis;
  const { templatePaths } = settings.config;
  once(c, TEMPLATES, () => createTemplates({ folders: [...templatePaths, productTemplates] }));
  once(c, PDF, () =>
    createPdf({
      templates: c.resolve(TEMPLATES),
      imageFolders: [...templatePaths, settings.configFolder],
    }),
  );
  once(c, MAILROOM, () => new Mailroom(settings, c.resolve(CLOCK), c.resolve(LOG)));
  once(c, StartChecks, () => makeStartChecks(c, basis));
  registerConnecting(c, basis);
}

function makeStartChecks(c: DependencyContainer, { registry, db, settings }: Basis): StartChecks {
  const facts = db && new FactStore(db);
  const mailroom = c.resolve(MAILROOM);
  return new StartChecks(registry, {
    log: c.resolve(LOG),
    clock: c.resolve(CLOCK),
    http: c.resolve(HTTP),
    reach,
    pdf: c.resolve(PDF),
    templates: c.resolve(TEMPLATES),
    dataFolder: settings.dataFolder,
    mailOf: (id) => mailroom.of(id),
    tokensOf: (id) => (db ? c.resolve(ConnectedInstances).of(id) : UNREADABLE_TOKENS),
    learnedOf: async (id) => (facts ? learnedOf(facts, id) : {}),
    holdHandler: (handler, reason) =>
      c.resolve(PauseStore).pause(handler, "refused", reason, REFUSED_PAUSE_MS),
  });
}
