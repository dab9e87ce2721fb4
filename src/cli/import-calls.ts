import { statSync } from "node:fs";

import { type Command, Option } from "commander";

import { FactStore } from "../db/fact-store.ts";
import { InboxStore, type NewDelivery } from "../inbox/inbox-store.ts";
import { learnedOf } from "../normalize/learned.ts";
import { readDelivery } from "../normalize/read-delivery.ts";
import { formatOf, RECORD_FORMATS, type RecordFormat } from "../recorded/formats.ts";
import { importCalls, type ImportSummary } from "../recorded/import-calls.ts";
import type { LoadedConnection } from "../registry/registry.ts";
import { createProgress } from "../simulate/progress.ts";
import { commandLog, type OpenBellhop, withBellhop } from "./open.ts";
import type { Shell } from "./shell.ts";

const MEGABYTE = 1_000_000;

interface ImportCallsOptions {
  format: RecordFormat | "auto";
}

/** `bellhop import-calls [connection] FILE` */
export function addImportCallsCommand(program: Command, shell: Shell): void {
  const command = program
    .command("import-calls")
    .usage("[options] [connection] <file>")
    .argument("[connection]", "a connection in shadow; may be left out when it is the only one")
    .argument("[file]", "an access log, mails or a log that tell of calls; .gz too")
    .description("feed calls that an old script got into the inbox, to see what would follow")
    .addOption(
      new Option("--format <format>", "what the file is; auto: look at it")
        .choices(["auto", ...RECORD_FORMATS])
        .default("auto"),
    )
    .action(async (first: string | undefined, second: string | undefined, options) => {
      const file = second ?? first;
      if (file === undefined) return command.error("error: missing required argument 'file'");
      const id = second === undefined ? undefined : first;
      await withBellhop(shell, async (bellhop) => {
        const connection = shadowed(bellhop, command, id);
        await importFile(shell, bellhop, connection, file, options as ImportCallsOptions);
      });
    });
}

/** @param id Given by a person; else the only connection in shadow is meant. */
function shadowed({ registry }: OpenBellhop, command: Command, id?: string): LoadedConnection {
  const all = [...registry.connections.values()];
  const inShadow = all.filter(({ config }) => config.mode === "shadow");
  const found = id === undefined ? inShadow : all.filter((one) => one.id === id);
  const [connection] = found;
  if (connection && found.length === 1) return connection;
  const known = all.map((one) => one.id).join(", ") || "none";
  if (id !== undefined) {
    return command.error(`error: no connection is called ${id}: known are ${known}`);
  }
  const choice = inShadow.map((one) => one.id).join(", ");
  return command.error(
    inShadow.length > 1
      ? `error: say which connection the calls are for: in shadow are ${choice}`
      : `error: no connection is in shadow: set mode: shadow at one of ${known}`,
  );
}

async function importFile(
  shell: Shell,
  bellhop: OpenBellhop,
  connection: LoadedConnection,
  file: string,
  options: ImportCallsOptions,
): Promise<void> {
  const { id, config } = connection;
  if (config.mode !== "shadow") {
    throw new Error(
      `guests would hear of old bookings: set mode: shadow at connections.${id} first, restart ` +
        "Bellhop, and import then",
    );
  }
  const total = statSync(file).size;
  const format = options.format === "auto" ? await formatOf(file) : options.format;
  const { isTerminal, columns, writeError } = shell;
  const progress = createProgress("MB", { isTTY: isTerminal, columns, write: writeError });
  try {
    const summary = await importCalls(file, format, {
      db: bellhop.db,
      inbox: new InboxStore(bellhop.db),
      connection: id,
      isCall: await understoodBy(connection, bellhop),
      now: bellhop.workshop.clock.now(),
      onProgress: (bytes, calls) => {
        progress.update({
          finished: Math.round(bytes / MEGABYTE),
          total: Math.round(total / MEGABYTE),
          calls,
        });
      },
    });
    progress.end();
    tell(shell, { file, format, connection: id }, summary);
  } finally {
    progress.end();
  }
}

/** Tries a call on the source; what lacks only a setting is a call all the same. */
async function understoodBy(
  connection: LoadedConnection,
  { db, settings }: OpenBellhop,
): Promise<(call: NewDelivery) => boolean> {
  const { limits } = settings.config;
  const values = await learnedOf(new FactStore(db), connection.id);
  const tools = { learned: { values }, log: commandLog(settings) };
  return ({ rawHeaders, ...call }) => {
    if (call.body.length > limits.bodyBytes || call.query.length > limits.urlBytes) return false;
    const headers = headersOf(rawHeaders);
    const reading = readDelivery(connection, { ...call, headers, position: 0, looks: 0 }, tools);
    if ("state" in reading) return reading.state === "held";
    return reading.notices.some(({ announcement }) => announcement.type !== undefined);
  };
}

function headersOf(rawHeaders: readonly string[]): Record<string, string> {
  const pairs = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [[name.toLowerCase(), rawHeaders[at + 1] ?? ""] as const] : [],
  );
  return Object.fromEntries(pairs);
}

function tell(
  shell: Shell,
  { file, format, connection }: { file: string; format: RecordFormat; connection: string },
  summary: ImportSummary,
): void {
  const { lines, taken, known, others, notUnderstood, firstNotUnderstood } = summary;
  const named = firstNotUnderstood.join(", ");
  const rest = notUnderstood > firstNotUnderstood.length ? ", …" : "";
  const place = firstNotUnderstood.length === 1 ? "line" : "lines";
  shell.write(
    `${file} (${format}), lines read: ${lines}\n` +
      `  calls taken: ${taken}\n` +
      `  already known: ${known}\n` +
      (others > 0 ? `  other requests: ${others}\n` : "") +
      `  not understood: ${notUnderstood}` +
      (notUnderstood > 0 ? ` (${place} ${named}${rest})\n` : "\n"),
  );
  if (taken + known === 0) throw new Error(`${file}: no call that ${connection} understands`);
  if (taken > 0) shell.write("A running Bellhop takes them up; in shadow nothing leaves.\n");
}
