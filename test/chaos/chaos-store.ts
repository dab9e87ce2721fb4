import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { DatabaseLocation } from "../../src/db/database.ts";
import { startGalera } from "../harness/galera.ts";
import { startMariaDb } from "../harness/servers.ts";
import type { StoreName } from "./options.ts";
import { SmallDisk } from "./small-disk.ts";

const DISK_MEBIBYTES = 96;

/** What Bellhop runs on in a chaos run, and how that can be broken. */
export interface ChaosStore {
  location: DatabaseLocation;
  /** Variables of the process in seat number so-and-so. */
  envOf(seat: number): Readonly<Record<string, string>>;
  /** Kills the database, or one node of it, and resolves when it is whole again. */
  breakFor?(downMs: number): Promise<void>;
  disk?: SmallDisk;
  stop(): Promise<void>;
}

export function openChaosStore(
  name: StoreName,
  folder: string,
  hasDiskFaults: boolean,
): Promise<ChaosStore> {
  if (name === "sqlite") return Promise.resolve(onSqlite(folder, hasDiskFaults));
  return name === "mariadb" ? onMariaDb(folder) : onGalera(folder);
}

function onSqlite(folder: string, hasDiskFaults: boolean): ChaosStore {
  const data = join(folder, "data");
  const disk = hasDiskFaults ? SmallDisk.mount(data, DISK_MEBIBYTES) : undefined;
  if (hasDiskFaults && !disk) {
    process.stderr.write(
      "SKIPPED: no full disk, because this user may not mount a tmpfs (root may)\n",
    );
  }
  return {
    location: { sqliteFile: join(data, "bellhop.sqlite") },
    envOf: () => ({ BELLHOP_DATA: data }),
    ...(disk && { disk }),
    stop: () => {
      disk?.unmount();
      return Promise.resolve();
    },
  };
}

async function onMariaDb(folder: string): Promise<ChaosStore> {
  const server = await startMariaDb();
  const mysqlUrl = await server.newDatabase();
  return {
    location: { mysqlUrl },
    envOf: (seat) => ({ DATABASE_URL: mysqlUrl, BELLHOP_DATA: join(folder, `data-${seat}`) }),
    breakFor: async (downMs) => {
      await server.kill();
      await sleep(downMs);
      await server.restart();
    },
    stop: () => server.stop(),
  };
}

/** Three nodes, the processes spread over them; one node at a time is killed, in turn. */
async function onGalera(folder: string): Promise<ChaosStore> {
  const cluster = await startGalera(3);
  const urls = await cluster.newDatabase();
  const urlOf = (index: number) => urls[index % urls.length] ?? "";
  let next = 0;
  return {
    location: { mysqlUrl: urlOf(0) },
    envOf: (seat) => ({ DATABASE_URL: urlOf(seat), BELLHOP_DATA: join(folder, `data-${seat}`) }),
    breakFor: async (downMs) => {
      const node = next++ % urls.length;
      await cluster.kill(node);
      await sleep(downMs);
      await cluster.restart(node);
    },
    stop: () => cluster.stop(),
  };
}
