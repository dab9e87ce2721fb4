import { RetryableError } from "../errors.ts";

const DIED = "the process died";

/** Ends the work at one of the points where a process could die. */
export class Kills {
  hasStruck = false;
  #count = 0;
  readonly #at: number | undefined;

  /** @param at Counted from 1; absent: it lives. */
  constructor(at?: number) {
    this.#at = at;
  }

  /** The same work, before and after which the process may die. */
  around<Given extends unknown[], Result>(work: (...given: Given) => Promise<Result>) {
    return async (...given: Given): Promise<Result> => {
      this.#pass();
      const result = await work(...given);
      this.#pass();
      return result;
    };
  }

  #pass(): void {
    this.#count += 1;
    if (this.#count !== this.#at) return;
    this.hasStruck = true;
    throw new RetryableError(DIED, { mayHaveHappened: true });
  }
}

/** Tells a story once for each point at which the process may die, and once to its end. */
export async function killedAtEach(tell: (kills: Kills) => Promise<void>): Promise<void> {
  for (let at = 1; ; at += 1) {
    const kills = new Kills(at);
    await tell(kills);
    if (!kills.hasStruck) return;
  }
}

/** A job whose process died is run again by the next one. */
export async function untilDone(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error as Error).message.includes(DIED) || tries > 3) throw error;
    }
  }
}
