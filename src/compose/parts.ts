import { type DependencyContainer, type InjectionToken, instanceCachingFactory } from "tsyringe";

import type { Database } from "../db/database.ts";
import type { GroupCommit } from "../inbox/group-commit.ts";
import type { NewDelivery } from "../inbox/inbox-store.ts";
import type { Mailroom } from "../mail/mailroom.ts";
import type { Registry } from "../registry/registry.ts";
import type { Role } from "../roles.ts";
import type { Clock, HttpClient, Log, Pdf } from "../sdk/context.ts";
import type { Settings } from "../settings/settings.ts";
import type { Spool } from "../spool/spool.ts";
import type { TemplateStore } from "../templates/template-store.ts";

/** What is there before anything is composed: read, opened and checked. */
export interface Foundation {
  settings: Settings;
  registry: Registry;
  db: Database;
  roles: ReadonlySet<Role>;
  log: Log;
  /** Only where deliveries are received beside a database server. */
  spool: Spool | undefined;
  /** True when the database has not been there yet. */
  isDatabaseLate: boolean;
  /** Asks the database whether it is there, and brings its tables up to date. */
  prepareDatabase: () => Promise<void>;
}

/** What there is without a store. */
export type Basis = Pick<Foundation, "settings" | "registry" | "log"> &
  Partial<Pick<Foundation, "db">>;

// The places where one implementation stands for another: the store, the clock, what goes outside.
export const DATABASE: InjectionToken<Database> = Symbol("database");
export const CLOCK: InjectionToken<Clock> = Symbol("clock");
export const HTTP: InjectionToken<HttpClient> = Symbol("http");
export const LOG: InjectionToken<Log> = Symbol("log");
export const MAILROOM: InjectionToken<Mailroom> = Symbol("mailroom");
export const TEMPLATES: InjectionToken<TemplateStore> = Symbol("templates");
export const PDF: InjectionToken<Pdf> = Symbol("pdf");
export const INBOX: InjectionToken<GroupCommit<NewDelivery>> = Symbol("inbox");

/** Registers a factory that runs at most once. */
export function once<T>(
  c: DependencyContainer,
  token: InjectionToken<T>,
  make: (c: DependencyContainer) => T,
): void {
  c.register(token, { useFactory: instanceCachingFactory(make) });
}
