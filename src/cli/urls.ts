import type { Command } from "commander";

import { calendarUrl } from "../calendars/calendar-url.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import { hookUrl } from "../receive/hook-url.ts";
import type { Shell } from "./shell.ts";

interface Secret {
  id: string;
  /** With each of its tokens, the newest first. */
  urls: readonly string[];
}

/** `bellhop urls` */
export function addUrlsCommand(program: Command, shell: Shell): void {
  program
    .command("urls")
    .description("print callback URLs and links of calendars in full: they contain the tokens")
    .action(() => {
      const settings = readSettings(shell.environment());
      const [callbacks, calendars] = [callbacksOf(settings), calendarsOf(settings)];
      if (callbacks.length === 0) {
        throw new Error('there is no connection: add one to bellhop.yaml, or run "bellhop init"');
      }
      for (const secret of callbacks) shell.write(linesOf(secret, shell));
      if (calendars.length > 0 && shell.isTerminal) shell.write("\nCalendars:\n");
      for (const secret of calendars) shell.write(linesOf(secret, shell));
    });
}

function callbacksOf(settings: Settings): Secret[] {
  return Object.entries(settings.config.connections).map(([id, { tokens }]) => {
    return { id, urls: tokens.map((token) => hookUrl(settings, id, token, undefined, false)) };
  });
}

function calendarsOf(settings: Settings): Secret[] {
  return Object.entries(settings.config.calendars).map(([id, { tokens }]) => {
    return { id, urls: tokens.map((token) => calendarUrl(settings, id, token)) };
  });
}

/** For a program one line for each, with its newest token. */
function linesOf({ id, urls: [newest = "", older] }: Secret, { isTerminal }: Shell): string {
  if (!isTerminal) return `${newest}\n`;
  const lines = [id, `  ${newest}`];
  if (older !== undefined) {
    lines.push(`  ${older}`, "  (the second is the older token: valid until you remove it)");
  }
  return `${lines.join("\n")}\n`;
}
