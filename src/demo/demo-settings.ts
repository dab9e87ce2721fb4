import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { stringify } from "yaml";

import { DEFAULT_SOURCES, newToken } from "../settings/default-config.ts";
import { type Environment, environmentOf } from "../settings/environment.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import { playableIntegrations } from "../simulate/known-integrations.ts";
import { seedFor } from "../simulate/random.ts";
import type { SimulatedSystem } from "../sdk/simulator.ts";
import { serveSystems, type SystemServer } from "../simulate/system-server.ts";
import { BOOKS } from "./postings.ts";

/** Invented operators, one for each booking system. */
const OPERATORS = ["Harbour & Hill Tours", "Riverbank Rentals", "Old Town Walks"];

export interface DemoSystem {
  connection: string;
  system: SimulatedSystem;
  /** What people call the booking system. */
  name: string;
  operator: string;
}

export interface DemoSetup {
  settings: Settings;
  systems: readonly DemoSystem[];
  server: SystemServer;
}

export interface DemoPlan {
  /** Empty folder for everything the demo keeps while it runs. */
  folder: string;
  /** Where the journal goes, which is still there afterwards. */
  booksFolder: string;
  seed: number;
  smtpUrl: string;
  /** The user's environment, of which only PORT and HOST are looked at. */
  environment: Environment;
}

/**
 * Sets the stage: simulated systems that answer on loopback, and settings that know nothing else.
 * Nothing of the user's own configuration is read, so no real account can be reached by mistake.
 */
export async function setUpDemo(plan: DemoPlan): Promise<DemoSetup> {
  const playable = await playableIntegrations(DEFAULT_SOURCES);
  const systems = playable.map(({ integration, simulator }, index) => {
    const { id, name } = integration.manifest;
    const system = simulator.create({ seed: seedFor(id, plan.seed), now: Date.now() });
    const operator = OPERATORS[index % OPERATORS.length] ?? name;
    return { connection: id, system, name, operator, simulator };
  });
  const server = await serveSystems(
    systems.map(({ connection, system }) => ({
      apiBaseUrl: `http://127.0.0.1:0/${connection}`,
      system,
    })),
  );
  const connections = systems.map(({ connection, operator, simulator }, index) => {
    const settings = simulator.settings(server.urls[index] ?? "");
    return [connection, connectionOf(connection, operator, settings)] as const;
  });
  const file = join(plan.folder, "bellhop.yaml");
  writeFileSync(file, stringify(configOf(Object.fromEntries(connections), plan.booksFolder)));
  const settings = { ...readSettings(environmentFor(plan, file)), isMailCaught: true };
  return { settings, systems, server };
}

function connectionOf(source: string, name: string, settings: object) {
  return {
    source,
    name,
    simulated: true,
    tokens: [newToken()],
    mail: { from: `post@${source}.example.com` },
    // The simulated forms ask guests for their language under this name.
    map: { language: "custom.Language" },
    settings,
  };
}

function configOf(connections: object, booksFolder: string) {
  // Invoices at booking, so that a newcomer sees more than money that is held.
  const books = { policy: "invoice", path: booksFolder, cancellation: { fee: "kept" } };
  return {
    mail: { mode: "live", office: "office@example.com" },
    connections,
    integrations: { "voucher-mail": {}, reminders: {}, [BOOKS]: { settings: books } },
    // Of a booking that is confirmed later than that the reminder goes at once.
    timers: [{ name: "reminder", relativeTo: "start", offset: "-48h", within: "2d" }],
  };
}

function environmentFor({ folder, smtpUrl, environment }: DemoPlan, config: string): Environment {
  return environmentOf({
    PORT: environment("PORT"),
    HOST: environment("HOST"),
    BELLHOP_CONFIG: config,
    BELLHOP_DATA: join(folder, "data"),
    BELLHOP_API_TOKEN: newToken(),
    SMTP_URL: smtpUrl,
    MAIL_FROM: "bellhop@example.com",
    LOG_LEVEL: "warn",
  });
}
