import { Random as Numbers, seedFor } from "../../src/simulate/random.ts";

/** The simulator's numbers, and what the faults draw besides. */
export class Random extends Numbers {
  /** @param stream Keeps the parts of a run apart: one that draws more does not change another. */
  constructor(seed: number, stream = "") {
    super(seedFor(stream, seed));
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  pick<T>(list: readonly T[]): T {
    const picked = list[this.index(list.length)];
    if (picked === undefined) throw new Error("nothing to pick from");
    return picked;
  }
}
