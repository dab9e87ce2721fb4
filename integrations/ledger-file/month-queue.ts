/** How a month is brought to what the ledger says. */
export interface Upkeep<State> {
  read(): Promise<State>;
  write(state: State): Promise<void>;
  /** Numbers of the documents that only one of the two has. */
  differences(written: State, since: State): readonly string[];
}

interface Waiting {
  number: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Writes one state of a month after the other: who asks while one is written shares the next.
 *
 * Another process may write the month, too, and whoever writes last must have seen what the other one
 * had begun. So a document is in its place only when a look after its writing finds nothing that is
 * missing there but documents that wait here for the writing after. What that look finds is what is
 * written next, so a busy month is read once for each writing.
 */
export class MonthQueue {
  /** Who waits for the next writing of a month; there is a list while one is under way. */
  readonly #waiting = new Map<string, Waiting[]>();

  /** Resolves when a state is in its place that was read after the call. */
  run<State>(month: string, number: string, upkeep: Upkeep<State>): Promise<void> {
    return new Promise((resolve, reject) => {
      const one = { number, resolve, reject };
      const waiting = this.#waiting.get(month);
      if (waiting) {
        waiting.push(one);
        return;
      }
      this.#waiting.set(month, [one]);
      void this.#serve(month, upkeep);
    });
  }

  /** Runs until nobody waits. An error is told to those whose writing it was; the others have theirs. */
  async #serve<State>(month: string, upkeep: Upkeep<State>): Promise<void> {
    while (this.#isAsked(month)) await this.#bring(month, upkeep);
    this.#waiting.delete(month);
  }

  async #bring<State>(month: string, upkeep: Upkeep<State>): Promise<void> {
    const unsure: Waiting[] = [];
    let asked: Waiting[] = [];
    let written: State | undefined;
    try {
      do {
        asked = this.#take(month);
        const state = await upkeep.read();
        const open = written && upkeep.differences(written, state);
        if (open && this.#areServed(open, month, asked)) finish(unsure);
        unsure.push(...asked.splice(0));
        if (open?.length === 0) {
          finish(unsure);
        } else {
          await upkeep.write(state);
          written = state;
        }
      } while (unsure.length > 0 || this.#isAsked(month));
    } catch (error) {
      for (const { reject } of [...unsure, ...asked]) reject(error);
    }
  }

  #isAsked(month: string): boolean {
    return (this.#waiting.get(month)?.length ?? 0) > 0;
  }

  #take(month: string): Waiting[] {
    return this.#waiting.get(month)?.splice(0) ?? [];
  }

  #areServed(open: readonly string[], month: string, asked: readonly Waiting[]): boolean {
    const served = [...asked, ...(this.#waiting.get(month) ?? [])].map(({ number }) => number);
    return open.every((number) => served.includes(number));
  }
}

function finish(unsure: Waiting[]): void {
  for (const { resolve } of unsure.splice(0)) resolve();
}
