import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { ended, freePort, hasProgram, temporaryFolder } from "./servers.ts";

const PROVIDER = "/usr/lib/galera/libgalera_smm.so";
const SYNC_TIMEOUT_MS = 90_000;
const START_TRIES = 3;

export interface GaleraCluster {
  /** One URL per node, all of the same database. */
  urls(database: string): string[];
  /** A fresh, empty database, known to every running node; one URL per node. */
  newDatabase(): Promise<string[]>;
  /** Ends a node at once, as a crash would. */
  kill(node: number): Promise<void>;
  /** Starts a killed node; resolves when it is synced with the others. */
  restart(node: number): Promise<void>;
  isSynced(node: number): Promise<boolean>;
  /** Pid of a node's server, for tests that freeze it. */
  pid(node: number): number;
  stop(): Promise<void>;
}

/** Whether a cluster can be started here; in CI a missing package is a failure, never a skip. */
export function hasGalera(): boolean {
  if (!hasProgram("mariadbd") || !hasProgram("rsync")) return false;
  const isThere = existsSync(PROVIDER);
  if (!isThere && process.env["CI"] === "true") throw new Error("galera-4 is missing: install it");
  // eslint-disable-next-line no-console -- a skipped suite must be seen by whoever runs the tests
  if (!isThere) console.warn("SKIPPED: galera-4 is not installed, suites that need it do not run");
  return isThere;
}

/** A throw-away MariaDB Galera cluster in a temporary folder, on free ports, stopped by pid. */
export async function startGalera(nodes = 3): Promise<GaleraCluster> {
  const folder = temporaryFolder("bellhop-galera-");
  const owner = ownerOfServers();
  const cluster: Node[] = [];
  for (let index = 0; index < nodes; index += 1) cluster.push(await newNode(folder, index));
  const nodeOf = (index: number): Node => {
    const node = cluster[index];
    if (!node) throw new Error(`no node ${index}`);
    return node;
  };
  const start = async (node: Node) => {
    const others = cluster.filter((other) => other !== node && other.isRunning);
    const peers = others.map(({ groupPort }) => `127.0.0.1:${groupPort}`);
    for (let tries = 1; ; tries += 1) {
      node.server = spawn("mariadbd", serverOptions(node, peers), { stdio: "ignore", ...owner });
      node.isRunning = true;
      if (await isSyncedInTime(node)) return;
      // A state transfer that fails ends the node; whoever runs a cluster lets it start again.
      if (tries === START_TRIES) throw new Error(`a Galera node ended: ${lastWords(node)}`);
    }
  };
  const running = () => cluster.filter(({ isRunning }) => isRunning);
  const stop = async () => {
    await Promise.all(running().map((node) => kill(node)));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    installData(cluster, folder, owner);
    for (const node of cluster) await start(node);
    await query(nodeOf(0), "CREATE USER bellhop@'127.0.0.1' IDENTIFIED BY 'secret'");
    await query(nodeOf(0), "GRANT ALL ON *.* TO bellhop@'127.0.0.1'");
  } catch (error) {
    await stop();
    throw error;
  }
  const urls = (database: string) =>
    cluster.map(({ port }) => `mysql://bellhop:secret@127.0.0.1:${port}/${database}`);
  let count = 0;
  return {
    urls,
    newDatabase: async () => {
      count += 1;
      const database = `test${count}`;
      const [first] = running();
      if (first) await query(first, `CREATE DATABASE ${database}`);
      // A server takes part in waiting for the others only when asked to: 1 is for reads.
      const known = `SET SESSION wsrep_sync_wait = 1; USE ${database}`;
      for (const node of running()) await query(node, known);
      return urls(database);
    },
    kill: (index) => kill(nodeOf(index)),
    restart: (index) => start(nodeOf(index)),
    isSynced: (index) => isSynced(nodeOf(index)),
    pid: (index) => nodeOf(index).server?.pid ?? 0,
    stop,
  };
}

interface Node {
  data: string;
  socket: string;
  port: number;
  groupPort: number;
  incrementPort: number;
  transferPort: number;
  isRunning: boolean;
  server?: ChildProcess;
}

async function newNode(folder: string, index: number): Promise<Node> {
  return {
    data: join(folder, `data${index}`),
    socket: join(folder, `socket${index}`),
    port: await freePort(),
    groupPort: await freePort(),
    incrementPort: await freePort(),
    transferPort: await freePort(),
    isRunning: false,
  };
}

/** Not root: the rsync daemon of a state transfer would fail with "cannot stat destination". */
function ownerOfServers(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) => Number(execFileSync("id", [flag, "mysql"]).toString());
  return { uid: idOf("-u"), gid: idOf("-g") };
}

function installData(
  [first, ...others]: readonly Node[],
  folder: string,
  { uid }: { uid?: number },
): void {
  if (!first) return;
  if (uid !== undefined) run("chown", ["mysql:mysql", folder]);
  run("mariadb-install-db", [
    "--no-defaults",
    "--auth-root-authentication-method=normal",
    `--datadir=${first.data}`,
    ...(uid === undefined ? [] : ["--user=mysql"]),
  ]);
  for (const { data } of others) run("cp", ["-a", first.data, data]);
}

function run(program: string, args: readonly string[]): void {
  const result = spawnSync(program, args);
  if (result.status !== 0) throw new Error(`${program}: ${result.stderr.toString()}`);
}

function serverOptions(node: Node, peers: readonly string[]): string[] {
  const { data, socket, port, groupPort, incrementPort, transferPort } = node;
  return [
    "--no-defaults",
    `--datadir=${data}`,
    `--socket=${socket}`,
    `--log-error=${data}.log`,
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-buffer-pool-size=64M",
    "--binlog-format=ROW",
    "--innodb-autoinc-lock-mode=2",
    "--wsrep-on=ON",
    `--wsrep-provider=${PROVIDER}`,
    "--wsrep-cluster-name=bellhop",
    `--wsrep-cluster-address=gcomm://${peers.join(",")}`,
    `--wsrep-node-address=127.0.0.1:${groupPort}`,
    "--wsrep-sst-method=rsync",
    `--wsrep-sst-receive-address=127.0.0.1:${transferPort}`,
    "--wsrep-provider-options=" +
      [
        `gmcast.listen_addr=tcp://127.0.0.1:${groupPort}`,
        `ist.recv_addr=127.0.0.1:${incrementPort}`,
        "gcache.size=32M",
        "pc.recovery=false",
      ].join(";"),
  ];
}

async function query({ socket }: Node, sql: string): Promise<string> {
  const options = ["--no-defaults", "-S", socket, "-u", "root", "-N", "-e", sql];
  // Not the blocking way: a test may put load on the cluster from this very process.
  return (await promisify(execFile)("mariadb", options)).stdout;
}

async function isSynced(node: Node): Promise<boolean> {
  if (!node.isRunning) return false;
  const status = "SHOW STATUS WHERE Variable_name IN ('wsrep_local_state_comment', 'wsrep_ready')";
  const answer = await query(node, status).catch(() => "");
  return answer.includes("Synced") && answer.includes("ON");
}

/** @returns false when the node ended. */
async function isSyncedInTime(node: Node): Promise<boolean> {
  const deadline = Date.now() + SYNC_TIMEOUT_MS;
  while (!(await isSynced(node))) {
    if (node.server?.exitCode !== null) return false;
    if (Date.now() > deadline) throw new Error(`not synced: ${lastWords(node)}`);
    await sleep(100);
  }
  return true;
}

function lastWords({ data }: Node): string {
  return readFileSync(`${data}.log`, "utf8").split("\n").slice(-15).join("\n");
}

async function kill(node: Node): Promise<void> {
  node.isRunning = false;
  if (node.server) await ended(node.server, "SIGKILL");
}
