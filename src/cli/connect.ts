import { setTimeout as sleep } from "node:timers/promises";

import type { Command } from "commander";

import { LinkStore } from "../connect/link-store.ts";
import { openDatabase } from "../foundation.ts";
import { httpClient } from "../http/http-client.ts";
import { migrate } from "../db/migrate.ts";
import { productIntegrations } from "../paths.ts";
import { loadRegistry, type LoadedInstance, type Registry } from "../registry/registry.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import type { Shell } from "./shell.ts";

const POLL_MS = 500;
const PROBE_MS = 3_000;

/** `bellhop connect <instance>` */
export function addConnectCommand(program: Command, shell: Shell): void {
  const command = program
    .command("connect")
    .argument("<instance>", "its name under integrations in the configuration")
    .description("make a link by which somebody gives an integration access to an account")
    .option("--no-wait", "print the link and leave; otherwise wait until it has been used")
    .action(async (name: string, { wait }: { wait: boolean }) => {
      const settings = readSettings(shell.environment());
      const registry = await loadRegistry(settings, [productIntegrations]);
      const instance = registry.instances.get(name);
      if (!instance) {
        const known = connectable(registry).join(", ") || "none";
        return command.error(`error: no instance is called ${name}: those to connect are ${known}`);
      }
      await connect(shell, settings, instance, wait);
    });
}

function connectable({ instances }: Registry): string[] {
  return [...instances.values()].filter(({ integration }) => integration.oauth).map(({ id }) => id);
}

async function connect(
  shell: Shell,
  settings: Settings,
  { id, integration }: LoadedInstance,
  wait: boolean,
): Promise<void> {
  if (!integration.oauth) {
    throw new Error(`${id} needs no connecting: ${integration.manifest.name} has no such log-in`);
  }
  const db = await openDatabase(settings);
  try {
    await migrate(db);
    const links = new LinkStore(db);
    const link = await links.make(id);
    const url = `${settings.publicUrl}/connect/${id}/${link.token}`;
    if (!wait) {
      shell.write(`${url}\n`);
      return;
    }
    shell.write(
      `Open this link in a browser, or send it to whoever looks after ${integration.manifest.name}.\n` +
        `It is good for an hour and for one time:\n\n  ${url}\n\n` +
        `${integration.manifest.name} must know this address as a redirect URI of your app:\n\n` +
        `  ${settings.publicUrl}/connect/callback\n\n`,
    );
    await warnWhenUnreachable(shell, url, settings.publicUrl);
    shell.write("Waiting. Ctrl-C leaves; the link stays good.\n");
    await untilConnected(shell, links, link.id);
  } finally {
    await db.close();
  }
}

/** Opening a link changes nothing, so it can be tried. */
async function warnWhenUnreachable(shell: Shell, url: string, publicUrl: string): Promise<void> {
  const isThere = await httpClient.send({ url, timeoutMs: PROBE_MS }).then(
    ({ status }) => status === 302,
    () => false,
  );
  if (isThere) return;
  shell.writeError(
    `bellhop: ${publicUrl}/connect/ does not answer as it should from here: Bellhop must be running, ` +
      "and a web server in front of it must pass /connect/ on (docs/connect.md)\n",
  );
}

/** @throws when the time is over. */
async function untilConnected(shell: Shell, links: LinkStore, id: string): Promise<void> {
  let told: string | undefined;
  for (;;) {
    const link = await links.byId(id);
    if (link?.state === "done") {
      shell.write(`Connected: ${link.line ?? ""}\n`);
      return;
    }
    if (!link || link.isExpired) {
      throw new Error("the link was not used in time, or a newer one was made: try again");
    }
    if (link.line !== undefined && link.line !== told) shell.writeError(`${link.line}\n`);
    told = link.line;
    await sleep(POLL_MS);
  }
}
