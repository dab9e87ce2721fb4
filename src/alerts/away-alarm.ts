import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { newId } from "../process/new-id.ts";
import type { Clock, Log } from "../sdk/context.ts";
import type { Incident } from "./incident.ts";
import type { Teller } from "./tellers.ts";
import { spoolWords } from "./words.ts";

const ROUND_MS = 30_000;
/** A restart of the database is no incident. */
const PATIENCE_MS = 5 * 60_000;
/** A spool that fills so far may be full before anybody has looked. */
const FILLED = 0.5;

export interface AwayParts {
  /** What is kept on this machine because the database cannot be reached. */
  spool: () => { isSpooling: boolean; rows: number; usedFraction: number };
  tellers: readonly Teller[];
  /** Where an incident that has been opened is noted, so that a restart does not tell it again. */
  file: string;
  clock: Clock;
  log: Log;
  roundMs?: number;
  patienceMs?: number;
}

interface Noted {
  id: string;
  openedAt: number;
  rows: number;
  /** Process that tells of it. */
  pid: number;
  /** Channels that have heard of it. */
  told: string[];
}

/**
 * Tells that the database is away. Other incidents are kept in the database; of this one it cannot
 * hear. One process tells for all that share a data folder: who notes it first, or, when that one
 * is gone, who comes after it.
 */
export class AwayAlarm {
  readonly #parts: AwayParts;
  #spoolingSince: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();

  constructor(parts: AwayParts) {
    this.#parts = parts;
  }

  begin(): void {
    this.#timer = setInterval(() => {
      this.#round = this.#round.then(() => this.round());
    }, this.#parts.roundMs ?? ROUND_MS);
    this.#timer.unref();
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort(new Error("stopping"));
    await this.#round;
  }

  async round(): Promise<void> {
    try {
      await this.#look();
    } catch (error) {
      this.#parts.log.error({ error }, "could not tell that the database is away");
    }
  }

  async #look(): Promise<void> {
    const { spool, patienceMs } = this.#parts;
    const { isSpooling, rows, usedFraction } = spool();
    // A monotonic clock: one that is put forward would tell at once.
    const now = performance.now();
    this.#spoolingSince = isSpooling ? (this.#spoolingSince ?? now) : undefined;
    const hasLasted =
      this.#spoolingSince !== undefined && now - this.#spoolingSince >= (patienceMs ?? PATIENCE_MS);
    const noted = this.#read();
    if (noted && noted.pid !== process.pid && isAlive(noted.pid)) return;
    if (isSpooling && (noted || hasLasted || usedFraction >= FILLED)) {
      const open = noted ?? this.#note(rows);
      if (open) await this.#tell(open);
    } else if (!isSpooling && noted) {
      await this.#tellOver(noted);
    }
  }

  async #tell(noted: Noted): Promise<void> {
    for (const teller of this.#parts.tellers) {
      if (noted.told.includes(teller.channel)) continue;
      if (await this.#isTold(teller, "opened", incidentOf(noted, null))) {
        noted.told.push(teller.channel);
        this.#write(noted, "w");
      }
    }
  }

  /** Only who heard of it is told that it is over. */
  async #tellOver(noted: Noted): Promise<void> {
    const over = incidentOf(noted, this.#parts.clock.now());
    for (const teller of this.#parts.tellers) {
      if (!noted.told.includes(teller.channel)) continue;
      if (!(await this.#isTold(teller, "closed", over))) return;
      noted.told = noted.told.filter((channel) => channel !== teller.channel);
      this.#write(noted, "w");
    }
    rmSync(this.#parts.file, { force: true });
  }

  async #isTold(teller: Teller, about: "opened" | "closed", incident: Incident): Promise<boolean> {
    const { channel } = teller;
    const notice = { position: 0, about, channel, dueAt: 0, tries: 0, incident };
    try {
      await teller.tell(notice, this.#stopping.signal);
      return true;
    } catch (error) {
      this.#parts.log.warn({ error, channel }, "could not tell of an incident; it is tried again");
      return false;
    }
  }

  #read(): Noted | undefined {
    const { file } = this.#parts;
    if (!existsSync(file)) return undefined;
    return JSON.parse(readFileSync(file, "utf8")) as Noted;
  }

  /** @returns undefined when another process of the folder was faster. */
  #note(rows: number): Noted | undefined {
    const { pid } = process;
    const noted = { id: newId(), openedAt: this.#parts.clock.now(), rows, pid, told: [] };
    try {
      this.#write(noted, "wx");
      return noted;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
      throw error;
    }
  }

  #write(noted: Noted, flag: "w" | "wx"): void {
    const { file } = this.#parts;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, JSON.stringify({ ...noted, pid: process.pid }), { flag, mode: 0o600 });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function incidentOf({ id, openedAt, rows }: Noted, closedAt: number | null): Incident {
  const reason = spoolWords(rows);
  return { position: 0, id, name: "spool:messages", kind: "spool", reason, openedAt, closedAt };
}
