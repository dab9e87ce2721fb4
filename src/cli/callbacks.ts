import type { Command } from "commander";
import type { Knex } from "knex";

import { FactStore } from "../db/fact-store.ts";
import { httpClient } from "../http/http-client.ts";
import { Learned } from "../normalize/learned.ts";
import { hookUrl } from "../receive/hook-url.ts";
import type { LoadedConnection } from "../registry/registry.ts";
import type { CallbackReport } from "../sdk/source.ts";
import { isLoopback } from "../settings/loopback.ts";
import type { Settings } from "../settings/settings.ts";
import { commandLog, type OpenBellhop, withBellhop } from "./open.ts";
import type { Shell } from "./shell.ts";

/** Long enough for a source that wants a pause between any two calls. */
const LONGEST_MS = 5 * 60_000;

/** `bellhop callbacks <connection>` */
export function addCallbacksCommand(program: Command, shell: Shell): void {
  program
    .command("callbacks")
    .argument("<connection>", "its name in the configuration")
    .description("set the callback URL in the booking system, where its API can do that")
    .action((name: string) =>
      withBellhop(shell, async (bellhop) => {
        const connection = connectionOf(bellhop, name);
        const url = hookUrl(
          bellhop.settings,
          name,
          connection.config.tokens[0] ?? "",
          undefined,
          false,
        );
        const { source, manifest } = connection.integration;
        if (!source?.registerCallbacks) {
          shell.write(byHandOnly(manifest.name, manifest.docs, url));
          return;
        }
        refuseUnreachable(bellhop.settings, connection, manifest.name);
        const report = await register(bellhop, connection, url);
        shell.write(describeReport(manifest.name, url, report));
        const events = report.failed.map(({ event }) => event);
        if (events.length > 0) throw new Error(`callbacks of ${name} failed: ${events.join(", ")}`);
      }),
    );
}

function connectionOf({ registry }: OpenBellhop, name: string): LoadedConnection {
  const connection = registry.connections.get(name);
  if (connection) return connection;
  const known = [...registry.connections.keys()].join(", ") || "none";
  throw new Error(`there is no connection ${name}: known are ${known}`);
}

/** A booking system elsewhere cannot call this machine by a name that only this machine has. */
function refuseUnreachable(
  { publicUrl }: Settings,
  { settings }: LoadedConnection,
  system: string,
): void {
  const { apiBaseUrl } = settings as { apiBaseUrl?: unknown };
  const isHere =
    typeof apiBaseUrl === "string" && URL.canParse(apiBaseUrl) && isLoopback(apiBaseUrl);
  if (isHere || !isLoopback(publicUrl)) return;
  throw new Error(
    `${system} cannot reach ${publicUrl}: set BELLHOP_PUBLIC_URL to the address ` +
      "under which this server is known outside, such as https://bellhop.example.com",
  );
}

async function register(
  { db, settings, workshop }: OpenBellhop,
  connection: LoadedConnection,
  url: string,
): Promise<CallbackReport> {
  const { id, config, integration } = connection;
  const { source } = integration;
  if (!source?.registerCallbacks) throw new Error(`${id} sets no callbacks`);
  const log = commandLog(settings);
  const facts = new AwaitedFacts(db);
  const learned = new Learned(id, { db, facts, log });
  await learned.load();
  const report = await source.registerCallbacks(url, {
    config: connection.settings,
    connection: { id, name: config.name ?? id },
    learned: learned.values,
    learn: (name, value) => {
      learned.learn(name, value);
    },
    log,
    http: httpClient,
    clock: workshop.clock,
    signal: AbortSignal.timeout(LONGEST_MS),
    reportRemaining: () => undefined, // a command does not spend what fetches share
  });
  await facts.settled();
  return report;
}

/** What is learned is written beside the work; a command must not close the store before that. */
class AwaitedFacts extends FactStore {
  readonly #writes: Promise<void>[] = [];

  override put(trx: Knex, name: string, value: string | undefined): Promise<void> {
    const write = super.put(trx, name, value);
    this.#writes.push(write);
    return write;
  }

  /** One that failed has been logged and is made up for when it is learned again. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#writes);
  }
}

function byHandOnly(system: string, docs: string | undefined, url: string): string {
  const where = docs === undefined ? "" : ` (${docs})`;
  return `${system} has no call for this: paste the URL into its own settings${where}\n  ${url}\n`;
}

function describeReport(
  system: string,
  url: string,
  { registered, byHand, failed }: CallbackReport,
): string {
  const reasons = failed.map(({ event, reason }) => `${event}: ${reason}`);
  return [
    ...section(`${system} calls for ${registered.length} events:`, registered),
    ...section(`To be set by hand in ${system}'s own pages, with this URL\n  ${url}`, byHand),
    ...section("Failed; what is set is not set again when you repeat the command:", reasons),
  ].join("");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}\n`, ...lines.map((line) => `  ${line}\n`)];
}
