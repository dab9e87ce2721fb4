import { join } from "node:path";

import type { Role } from "../roles.ts";
import { inShadow, type Settings } from "../settings/settings.ts";
import { hookUrl } from "../receive/hook-url.ts";

/** What a person wants to know after a start: where calls go, and where the results appear. */
export function startMessage(
  settings: Settings,
  roles: ReadonlySet<Role>,
  port: number | undefined,
  isTerminal: boolean,
): string {
  const lines = ["", "Bellhop is running."];
  if (roles.has("receive"))
    lines.push("", "Callback URLs:", ...urlLines(settings, port, isTerminal));
  if (roles.has("work")) {
    lines.push("", `Mails: ${mailLine(settings)}`);
    const shadowed = inShadow(settings);
    if (shadowed.length > 0) lines.push(`In shadow, nothing leaves: ${shadowed.join(", ")}`);
  }
  const address = `http://${settings.host}:${port ?? settings.port}`;
  if (port !== undefined) lines.push(`Health: ${address}/readyz`);
  if (roles.has("console") && port !== undefined) lines.push(`API: ${apiLine(settings, address)}`);
  const calendars = Object.keys(settings.config.calendars);
  if (roles.has("console") && calendars.length > 0) {
    lines.push(`Calendars: ${calendars.join(", ")} ("bellhop urls" prints their links)`);
  }
  if (settings.isDefaultConfig) {
    lines.push(
      "",
      'No bellhop.yaml: the built-in configuration runs. "bellhop init" writes your own.',
    );
  }
  return `${lines.join("\n")}\n\n`;
}

function urlLines(settings: Settings, port: number | undefined, isTerminal: boolean): string[] {
  const lines = Object.entries(settings.config.connections).map(([id, { tokens }]) => {
    const url = hookUrl(settings, id, tokens[0] ?? "", port, !isTerminal);
    return `  ${id.padEnd(12)} ${url}`;
  });
  if (lines.length === 0)
    return ['  none: add a connection to bellhop.yaml, or run "bellhop init"'];
  return isTerminal ? lines : [...lines, '  ("bellhop urls" prints them in full)'];
}

function mailLine({ config, smtpUrl, dataFolder }: Settings): string {
  const { mode, office } = config.mail;
  const outbox = join(dataFolder, "outbox");
  if (smtpUrl === undefined) return `written to ${outbox}`;
  if (mode === "live") return "sent to guests";
  return office === undefined
    ? `rehearsal, written to ${outbox} (set mail.office to get them by mail)`
    : `rehearsal, all sent to ${office}`;
}

function apiLine({ apiToken }: Settings, address: string): string {
  return apiToken === undefined
    ? `${address}/api/v1 (set BELLHOP_API_TOKEN to use it)`
    : `${address}/api/v1`;
}
