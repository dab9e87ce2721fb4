import type { Command } from "commander";

import { asUsage, addFilterOptions } from "./filter-options.ts";
import type { ListTable } from "./list-table.ts";
import { LIST_TABLES } from "./list-tables.ts";
import type { Shell } from "./shell.ts";

interface ListOptions extends Readonly<Record<string, string | true | undefined>> {
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
      .option("--json", "write what the API answers")
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
    shell.write(`${emptyWords(list.name, query)}\n`);
    return;
  }
  shell.write(view.table(shell.columns));
  if (view.next !== null) shell.write(`\nThere are more: add --cursor ${view.next}\n`);
}

function emptyWords(name: string, query: Readonly<Record<string, unknown>>): string {
  if (query["cursor"] !== undefined) return `No more ${name}.`;
  const filters = Object.keys(query).filter((option) => option !== "limit");
  return filters.length === 0 ? `No ${name} yet.` : `No ${name} meet these filters.`;
}
