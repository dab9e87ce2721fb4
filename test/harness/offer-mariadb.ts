import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

import { type MariaDb, startMariaDb, temporaryFolder } from "./servers.ts";
import { OFFER } from "./shared-mariadb.ts";

/** Some hundred databases of many tables: files of their own would cost more than all else. */
const FOR_MANY = ["--skip-innodb-file-per-table", "--max-connections=1000"];

/** Offers the run one MariaDB server. It is started for the first suite that asks. */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = temporaryFolder("bellhop-offer-");
  let server: Promise<MariaDb> | undefined;
  const offer = createServer((asking) => {
    asking.on("error", () => undefined);
    server ??= startMariaDb(2, FOR_MANY);
    server.then(
      ({ port }) => asking.end(String(port)),
      (error: unknown) => asking.end(String(error)),
    );
  });
  const socket = join(folder, "socket");
  await new Promise<void>((resolve) => offer.listen(socket, resolve));
  process.env[OFFER] = socket;
  return async () => {
    offer.close();
    await server?.then((started) => started.stop()).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  };
}
