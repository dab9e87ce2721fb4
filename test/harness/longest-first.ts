import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Suites that take minutes, or start whole servers: begun last, they would be waited for alone. */
const LONGEST = ["test/chaos/", "test/watchdog/", "test/reconcile/", "test/e2e/", "test/simulate/"];

/** On a fresh checkout nothing is known of how long suites take but this. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    return usual
      .map((file, index) => ({ file, rank: rankOf(file), index }))
      .sort((a, b) => a.rank - b.rank || a.index - b.index)
      .map(({ file }) => file);
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((part) => moduleId.includes(`/${part}`));
  return rank === -1 ? LONGEST.length : rank;
}
