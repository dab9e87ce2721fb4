import type { Command } from "commander";

import { NO_CONNECTION } from "../sdk/booking-event.ts";
import { hint } from "../settings/config-problems.ts";
import { readSettings } from "../settings/settings.ts";
import { asUsage, addFilterOptions } from "./filter-options.ts";
import type { ListTable } from "./list-table.ts";
import { LIST_TABLES } from "./list-tables.ts";
import type { Shell } from "./shell.ts";

/** Those that are looked at here; the others are filters too. */
interface Query {
  connection?: string;
  handler?: string;
  cursor?: string;
}

interface ListOptions extends Query {
  json?: true;
}

/** `bellhop list deliveries|events|bookings|jobs|effects|occurrences|replays|incidents` */
export function addListCommand(program: Command, shell: Shell): void {
  const list = program.command("list").description("show what is in the store, newest first");
  for (const one of LIST_TABLES) {
    const command = list.command(one.name).description(`show ${one.name}`);
    addFilterOptions(command, one.filters);
    command
      .option("--limit <n>", "how many at most (default: 50)")
      .option("--cursor <cursor>", "go on where an earlier list ended")
      .option("--json", "write all of it, as the API answers")
      .action((options: ListOptions) => asUsage(command, () => show(shell, one, options)));
  }
}

async function show(shell: Shell, list: ListTable, options: ListOptions): Promise<void> {
  const { json, ...query } = options;
  const view = await list.read(shell, query);
  if (json) {
    shell.write(`${JSON.stringify(view.answer, null, 2)}\n`);
    return;
  }
  if (view.count === 0) {
    shell.write(`${emptyWords(shell, list.name, query)}\n`);
    return;
  }
  shell.write(view.table(shell.columns));
  for (const note of view.notes ?? []) shell.write(`\n${note}\n`);
  if (view.next !== null) shell.write(`\nThere are more: add --cursor ${view.next}\n`);
}

function emptyWords(shell: Shell, name: string, query: Query): string {
  if (query.cursor !== undefined) return `No more ${name}.`;
  const filters = Object.keys(query).filter((option) => option !== "limit");
  if (filters.length === 0) return `No ${name} yet.`;
  return [`No ${name} meet these filters.`, ...slipsIn(shell, query)].join("\n");
}

/** Names that the configuration does not have: a list may still have them, from before. */
function slipsIn(shell: Shell, { connection, handler }: Query): string[] {
  const { connections, integrations } = readSettings(shell.environment()).config;
  const instance = handler?.replace(/\/.*$/s, "");
  const isWhole = handler === undefined || handler.includes("/");
  return [
    ...slip("connection", connection, Object.keys(connections)),
    ...slip("instance", instance, Object.keys(integrations)),
    ...(isWhole ? [] : ["A handler is written as instance/handler."]),
  ];
}

function slip(kind: string, name: string | undefined, known: readonly string[]): string[] {
  if (name === undefined || name === NO_CONNECTION || known.includes(name)) return [];
  return [`No ${kind} is called ${name}${known.length === 0 ? "" : hint(name, known)}`];
}
