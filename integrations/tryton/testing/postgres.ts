import { mkdirSync, mkdtempSync, readdirSync, rmSync, existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  asUser,
  endProgram,
  freePort,
  hasPrograms,
  runProgram,
  startProgram,
  until,
} from "#sdk/testing";

import { serve } from "./server.ts";
import { setUp } from "./set-up.ts";
import { shopAt, type Shop } from "./shop.ts";
import { ADMIN_PASSWORD, createDatabase, kept } from "./template.ts";

const VERSIONS = "/usr/lib/postgresql";

/** Debian keeps the server's programs beside the PATH. */
function binaries(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined;
  const folders = readdirSync(VERSIONS).map((version) => join(VERSIONS, version, "bin"));
  return folders.find((folder) => existsSync(join(folder, "initdb")));
}

export function hasPostgres(): boolean {
  return binaries() !== undefined || hasPrograms("initdb");
}

interface Postgres {
  uri: string;
  port: number;
  bin: string;
  stop(): Promise<void>;
}

/** A database server in a folder of its own, which forgets everything when it is stopped. */
async function startPostgres(): Promise<Postgres> {
  const bin = binaries() ?? "";
  const folder = mkdtempSync(join(tmpdir(), "bellhop-postgres-"));
  const user = asUser("postgres", folder);
  const data = join(folder, "data");
  const port = await freePort();
  runProgram(join(bin, "initdb"), ["-D", data, "-A", "trust", "-U", "postgres", "--no-sync"], user);
  const settings = [
    ...["listen_addresses=127.0.0.1", `unix_socket_directories=${folder}`],
    ...["fsync=off", "synchronous_commit=off", "full_page_writes=off"],
  ];
  const options = settings.flatMap((setting) => ["-c", setting]);
  const server = startProgram(
    join(bin, "postgres"),
    ["-D", data, "-p", `${port}`, ...options],
    user,
  );
  const isReady = () => succeeds(join(bin, "pg_isready"), ["-h", "127.0.0.1", "-p", `${port}`]);
  await until(isReady, "an answer of PostgreSQL");
  return {
    uri: `postgresql://postgres@127.0.0.1:${port}/`,
    port,
    bin,
    stop: async () => {
      await endProgram(server, "SIGQUIT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function succeeds(program: string, args: readonly string[]): boolean {
  try {
    runProgram(program, args);
    return true;
  } catch {
    return false;
  }
}

function at({ port }: Postgres): string[] {
  return ["-h", "127.0.0.1", "-p", `${port}`, "-U", "postgres"];
}

/** Writes a dump of a database that is set up, as `template.ts` makes one for SQLite. */
async function buildDump(folder: string): Promise<void> {
  const postgres = await startPostgres();
  try {
    mkdirSync(folder, { recursive: true });
    runProgram(join(postgres.bin, "createdb"), [...at(postgres), "bellhop"]);
    writeFileSync(join(folder, "password"), `${ADMIN_PASSWORD}\n`);
    const configuration = join(folder, "build.conf");
    writeFileSync(configuration, `[database]\nuri = ${postgres.uri}\n`);
    createDatabase(configuration, "bellhop", folder);
    const server = await serve({ folder, databaseUri: postgres.uri });
    await setUp(server.url, ADMIN_PASSWORD).finally(() => server.stop());
    const file = join(folder, "bellhop.dump");
    runProgram(join(postgres.bin, "pg_dump"), [...at(postgres), "-Fc", "-f", file, "bellhop"]);
  } finally {
    await postgres.stop();
  }
}

export async function openPostgresShop(): Promise<Shop> {
  const template = await kept("postgres", buildDump);
  const postgres = await startPostgres();
  runProgram(join(postgres.bin, "createdb"), [...at(postgres), "bellhop"]);
  const dump = join(template, "bellhop.dump");
  runProgram(join(postgres.bin, "pg_restore"), [...at(postgres), "-d", "bellhop", dump]);
  const folder = mkdtempSync(join(tmpdir(), "bellhop-tryton-"));
  const server = await serve({ folder, databaseUri: postgres.uri });
  return shopAt(server.url, async () => {
    await server.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });
}
