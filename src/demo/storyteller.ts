import { setTimeout as sleep } from "node:timers/promises";

import type { Database } from "../db/database.ts";
import type { DemoSystem } from "./demo-settings.ts";
import { type Happening, Happenings, type Hitch } from "./happenings.ts";
import { happeningLine, hitchLine, type LineStyle, postingLine } from "./lines.ts";
import type { MailBox } from "./mail-box.ts";
import { type Posting, Postings } from "./postings.ts";

/** What has been told so far. */
export interface Counts {
  events: number;
  /** Calls that said nothing new. */
  duplicates: number;
  /** Times that something came into the books. */
  postings: number;
  /** Calls that could not be understood, and work that needs a person. */
  troubles: number;
}

const LOOK_MS = 150;

/** Writes a line for each thing that happens, as it happens. */
export class Storyteller {
  readonly counts: Counts = { events: 0, duplicates: 0, postings: 0, troubles: 0 };
  readonly #happenings: Happenings;
  readonly #postings: Postings;
  readonly #box: MailBox;
  readonly #style: LineStyle;
  readonly #write: (text: string) => void;
  readonly #ending = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(
    db: Database,
    box: MailBox,
    { isColoured, write }: { isColoured: boolean; write: (text: string) => void },
    systems: readonly DemoSystem[],
  ) {
    this.#happenings = new Happenings(db);
    this.#postings = new Postings(db);
    this.#box = box;
    const nameWidth = Math.max(...systems.map(({ connection }) => connection.length));
    this.#style = { isColoured, nameWidth };
    this.#write = write;
  }

  begin(): void {
    this.#loop = this.#run();
  }

  /** Stops watching, and tells what has not been told yet. */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#loop;
    while ((await this.#tell()) > 0);
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await this.#tell();
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #tell(): Promise<number> {
    const { happenings, hitches } = await this.#happenings.next();
    const postings = await this.#postings.next();
    for (const happening of happenings) this.#tellHappening(happening);
    for (const hitch of hitches) this.#tellHitch(hitch);
    for (const posting of postings) this.#tellPosting(posting);
    return happenings.length + hitches.length + postings.length;
  }

  #tellHappening(happening: Happening): void {
    this.counts.events += 1;
    const state = happening.job?.state;
    if (state === "dead" || state === "held") this.counts.troubles += 1;
    this.#write(`${happeningLine(happening, this.#box, this.#style)}\n`);
  }

  #tellHitch(hitch: Hitch): void {
    if (hitch.state === "duplicate") this.counts.duplicates += 1;
    else this.counts.troubles += 1;
    this.#write(`${hitchLine(hitch, this.#style)}\n`);
  }

  #tellPosting(posting: Posting): void {
    if (posting.state === "done") this.counts.postings += 1;
    else this.counts.troubles += 1;
    this.#write(`${postingLine(posting, this.#style)}\n`);
  }
}
