import type { Command } from "commander";

import { readSettings, type Settings } from "../settings/settings.ts";
import { hookUrl } from "../receive/hook-url.ts";
import type { Shell } from "./shell.ts";

/** `bellhop urls` */
export function addUrlsCommand(program: Command, shell: Shell): void {
  program
    .command("urls")
    .description("print the callback URLs in full: they contain the tokens")
    .action(() => {
      const settings = readSettings(shell.environment());
      const connections = Object.entries(settings.config.connections);
      if (connections.length === 0) {
        throw new Error('there is no connection: add one to bellhop.yaml, or run "bellhop init"');
      }
      for (const [id, { tokens }] of connections) {
        shell.write(
          shell.isTerminal ? forPerson(settings, id, tokens) : forProgram(settings, id, tokens),
        );
      }
    });
}

/** One line for each connection, with its newest token. */
function forProgram(settings: Settings, id: string, [newest = ""]: readonly string[]): string {
  return `${hookUrl(settings, id, newest, undefined, false)}\n`;
}

function forPerson(settings: Settings, id: string, tokens: readonly string[]): string {
  const [newest = "", older] = tokens.map((token) =>
    hookUrl(settings, id, token, undefined, false),
  );
  const lines = [id, `  ${newest}`];
  if (older !== undefined) {
    lines.push(`  ${older}`, "  (the second is the older token: valid until you remove it)");
  }
  return `${lines.join("\n")}\n`;
}
