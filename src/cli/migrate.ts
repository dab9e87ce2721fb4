import type { Command } from "commander";

import { migrate } from "../db/migrate.ts";
import { openDatabase } from "../foundation.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import type { Shell } from "./shell.ts";

/** `bellhop migrate` */
export function addMigrateCommand(program: Command, shell: Shell): void {
  program
    .command("migrate")
    .description("bring the database's tables up to date; a start does so by itself")
    .action(async () => {
      const settings = readSettings(shell.environment());
      const db = await openDatabase(settings);
      try {
        const applied = await migrate(db);
        const place = databasePlace(settings);
        shell.write(
          applied.length === 0
            ? `${place}: up to date, nothing to do.\n`
            : `${place}: applied ${applied.join(", ")}.\n`,
        );
      } finally {
        await db.close();
      }
    });
}

/** Where the database is, without its password. */
export function databasePlace({ database }: Settings): string {
  if ("sqliteFile" in database) return database.sqliteFile;
  const { host, pathname } = new URL(database.mysqlUrl);
  return `${host}${pathname}`;
}
