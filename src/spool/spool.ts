import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { codeOf } from "../db/dialect.ts";
import type { NewDelivery } from "../inbox/inbox-store.ts";
import { Trouble } from "../process/trouble.ts";
import type { Log } from "../sdk/context.ts";
import { bytesOf, SpoolFile } from "./spool-file.ts";

const FOLDER = "spool";
const FILE = /^(\d+)\.sqlite$/;
/** Processes that may be starting at one moment, and making the same file. */
const STARTING_AT_ONCE = 64;

/** The spool could not keep a delivery: full, or its disk is. */
export class SpoolError extends Error {}

/**
 * Where deliveries wait on this machine's disk while the database is away.
 *
 * Each process holds a file of its own, `spool/<n>.sqlite` of the data folder, so that processes
 * that share the folder never wait for each other. What a dead process left is a file that nobody
 * has locked: a start takes the first free file as its own and all others that are not empty
 * beside it, and looks again from time to time. Files are few (as many as there were processes at
 * once) and stay: an empty one is the next process's.
 *
 * The folder is made at the first good start. That it is there tells a later start that the
 * address of the database has been right before.
 */
export class Spool {
  readonly folder: string;
  readonly #maxBytes: number;
  readonly #trouble: Trouble;
  #own: SpoolFile | undefined;
  /** What dead processes left, by number. */
  readonly #left = new Map<number, SpoolFile>();
  #ownNumber = 0;
  /** Deliveries kept and taken to the database since the start. */
  spooled = 0;
  drained = 0;

  constructor(dataFolder: string, maxBytes: number, log: Log) {
    this.folder = join(dataFolder, FOLDER);
    this.#maxBytes = maxBytes;
    this.#trouble = new Trouble((error) => {
      log.error({ error }, "the spool cannot be opened");
    });
  }

  /** Whether Bellhop has worked with this data folder and a database server before. */
  static hasRunIn(dataFolder: string): boolean {
    return existsSync(join(dataFolder, FOLDER));
  }

  static noteRunIn(dataFolder: string): void {
    mkdirSync(join(dataFolder, FOLDER), { recursive: true, mode: 0o700 });
  }

  /** Takes a file of our own, and what dead processes left. A disk that refuses is tried again. */
  open(): void {
    try {
      this.#openOwn();
      this.takeLeft();
    } catch (error) {
      this.#trouble.note(error);
    }
  }

  /** Takes the files that nobody has and that are not empty. */
  takeLeft(): void {
    for (const number of this.#numbers()) {
      if (number === this.#ownNumber || this.#left.has(number)) continue;
      const file = this.#take(number);
      if (file && file.waiting > 0) this.#left.set(number, file);
      else file?.close();
    }
  }

  /** Files that hold something for the database, in the order in which it is to be taken there. */
  get toDrain(): SpoolFile[] {
    const left = [...this.#left.values()].filter(({ waiting }) => waiting > 0);
    if (left.length > 1) left.sort((a, b) => a.oldestAt - b.oldestAt);
    return this.#own && this.#own.waiting > 0 ? [...left, this.#own] : left;
  }

  /** Ids of the files that this process holds. */
  get fileIds(): string[] {
    return this.#files.map(({ id }) => id);
  }

  /** Deliveries that are to be taken to the database. */
  get waiting(): number {
    return this.#files.reduce((sum, file) => sum + file.waiting, 0);
  }

  /** Deliveries that are not in the database, with those that it refuses. */
  get rows(): number {
    return this.#files.reduce((sum, file) => sum + file.rows, 0);
  }

  get bytes(): number {
    return this.#files.reduce((sum, file) => sum + file.bytes, 0);
  }

  /** Of its room; 1 is full. */
  get usedFraction(): number {
    return this.bytes / this.#maxBytes;
  }

  /**
   * Keeps all of them in one commit, or none.
   *
   * @throws SpoolError when it is full or its disk refuses.
   */
  append(deliveries: readonly NewDelivery[]): void {
    const bytes = deliveries.reduce((sum, delivery) => sum + bytesOf(delivery), 0);
    if (this.bytes + bytes > this.#maxBytes) throw this.#fullError();
    this.#use((file) => {
      file.append(deliveries);
    });
    this.spooled += deliveries.length;
  }

  /** @throws SpoolError when nothing could be kept now. */
  probe(): void {
    if (this.bytes >= this.#maxBytes) throw this.#fullError();
    this.#use((file) => {
      file.probe();
    });
  }

  /** Lets go of a file that is drained, so that another process may have it. */
  release(file: SpoolFile): void {
    for (const [number, left] of this.#left) {
      if (left !== file || file.rows > 0) continue;
      this.#left.delete(number);
      file.close();
    }
  }

  close(): void {
    for (const file of this.#files) file.close();
    this.#left.clear();
    this.#own = undefined;
  }

  get #files(): SpoolFile[] {
    return this.#own ? [...this.#left.values(), this.#own] : [...this.#left.values()];
  }

  #use(work: (file: SpoolFile) => void): void {
    try {
      work(this.#own ?? this.#openOwn());
    } catch (cause) {
      throw new SpoolError("the spool cannot be written", { cause });
    }
  }

  #fullError(): SpoolError {
    return new SpoolError(`the spool is full: limits.spoolBytes is ${this.#maxBytes}`);
  }

  #openOwn(): SpoolFile {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const made = this.#numbers();
    const next = (made.at(-1) ?? 0) + 1;
    const others = Array.from({ length: STARTING_AT_ONCE }, (_, index) => next + index);
    for (const number of [...made, ...others]) {
      const file = this.#left.has(number) ? undefined : this.#take(number);
      if (!file) continue;
      this.#own = file;
      this.#ownNumber = number;
      return file;
    }
    throw new Error(`no free file in ${this.folder}`);
  }

  /** @returns undefined when another process has it, or it is no spool: that is said, and it stays. */
  #take(number: number): SpoolFile | undefined {
    const path = join(this.folder, `${number}.sqlite`);
    try {
      return SpoolFile.take(path);
    } catch (error) {
      if (!/^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error))) throw error;
      this.#trouble.note(error);
      return undefined;
    }
  }

  #numbers(): number[] {
    if (!existsSync(this.folder)) return [];
    const numbers = readdirSync(this.folder).flatMap((name) => {
      const [, number] = FILE.exec(name) ?? [];
      return number === undefined ? [] : [Number(number)];
    });
    return numbers.sort((a, b) => a - b);
  }
}
