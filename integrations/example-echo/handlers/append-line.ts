import { appendFile, readFile } from "node:fs/promises";

import { ConfigurationError, type Handler } from "#sdk";

import type { EchoConfig } from "../config.ts";

/** Writes a line per event: decide, do, say what was done. */
export const appendLine: Handler<EchoConfig> = {
  id: "append-line",
  kind: "mirror",
  on: [
    "booking.requested",
    "booking.confirmed",
    "booking.modified",
    "booking.cancelled",
    "payment.received",
  ],
  async handle(event, { config, effect }) {
    const { path } = config;
    if (path === undefined) throw new ConfigurationError("settings.path: name a file");

    const line = `${event.booking.reference} v${event.version} ${event.type}`;
    const result = await effect(`line:${event.ordinal}`, {
      // Asked only when an earlier try may have got through.
      find: async (key) => ((await contains(path, key)) ? { externalId: key } : undefined),
      perform: async (key) => {
        await appendFile(path, `${line} ${key}\n`);
        return { externalId: key, summary: `wrote "${line}"` };
      },
    });
    return { done: `line ${result.externalId ?? ""}` };
  },
};

async function contains(path: string, key: string): Promise<boolean> {
  try {
    return (await readFile(path, "utf8")).includes(`${key}\n`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
