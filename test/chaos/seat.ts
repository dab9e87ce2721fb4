import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { ended } from "../harness/servers.ts";
import { tidyAfter } from "./clock.ts";

const PROGRAM = fileURLToPath(new URL("../../../bin/bellhop.js", import.meta.url));
const READY = "Bellhop is running";
const RETRY_MS = 300;

export interface SeatSetup {
  name: string;
  role: "receive" | "work";
  /** Working folder, with the configuration; the log is written there. */
  folder: string;
  env: Readonly<Record<string, string>>;
}

/** The place of one Bellhop process: whoever sits there and ends is replaced, as by a supervisor. */
export class Seat {
  readonly setup: SeatSetup;
  kills = 0;
  starts = 0;
  /** Ended before it was ready, as without a database or room on the disk. */
  failedStarts = 0;
  /** Ended on its own after it was ready. It never should. */
  readonly deaths: string[] = [];
  #child: ChildProcess | undefined;
  #isReady = false;
  #isWanted = false;
  #restart: NodeJS.Timeout | undefined;

  constructor(setup: SeatSetup) {
    this.setup = setup;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  begin(): void {
    this.#isWanted = true;
    this.#spawn();
  }

  async untilReady(withinMs: number): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (!this.#isReady) {
      if (Date.now() > deadline) {
        throw new Error(`${this.setup.name} did not start: see ${this.#logFile}`);
      }
      await sleep(20);
    }
  }

  /** `kill -9`, and a new process after a while. */
  async kill(restartAfterMs: number): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#forget();
    await ended(child, "SIGKILL");
    this.kills += 1;
    this.#spawnLater(restartAfterMs);
  }

  /** As an operator stops it. @returns the exit code. */
  async stop(): Promise<number | null> {
    this.#isWanted = false;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (!child) return 0;
    this.#forget();
    await ended(child, "SIGTERM");
    return child.exitCode;
  }

  #spawn(): void {
    const { role, folder, env } = this.setup;
    const log = openSync(this.#logFile, "a");
    const child = spawn(process.execPath, [PROGRAM, "start", "--role", role], {
      cwd: folder,
      env: { ...process.env, LOG_LEVEL: "warn", ...env },
      stdio: ["ignore", "pipe", log],
    });
    closeSync(log);
    this.starts += 1;
    this.#child = child;
    this.#isReady = false;
    child.stdout?.on("data", (chunk: Buffer) => {
      if (this.#child === child && chunk.includes(READY)) this.#isReady = true;
    });
    child.once("exit", (code, signal) => {
      tidyAfter(child.pid);
      if (this.#child === child) this.#replace(code, signal);
    });
  }

  #replace(code: number | null, signal: string | null): void {
    if (this.#isReady) this.deaths.push(`${this.setup.name} ended with ${signal ?? code ?? "?"}`);
    else this.failedStarts += 1;
    this.#forget();
    this.#spawnLater(RETRY_MS);
  }

  #spawnLater(delayMs: number): void {
    if (!this.#isWanted) return;
    this.#restart = setTimeout(() => {
      if (this.#isWanted) this.#spawn();
    }, delayMs);
  }

  #forget(): void {
    this.#child = undefined;
    this.#isReady = false;
  }

  get #logFile(): string {
    return join(this.setup.folder, `${this.setup.name}.log`);
  }
}
