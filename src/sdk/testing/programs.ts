import { spawnSync } from "node:child_process";

/**
 * Whether the programs that a suite needs are there: `describe.runIf(hasPrograms("psql"))`. In CI
 * a missing one is a failure, never a skip.
 */
export function hasPrograms(...names: readonly string[]): boolean {
  const missing = names.filter((name) => spawnSync("which", [name]).status !== 0);
  if (missing.length === 0) return true;
  const what = missing.join(", ");
  // eslint-disable-next-line no-restricted-properties -- only tests run this, and CI is no setting
  if (process.env["CI"] === "true") throw new Error(`missing: ${what}; install them`);
  // eslint-disable-next-line no-console -- a skipped suite must be seen by whoever runs the tests
  console.warn(`SKIPPED: ${what} not installed, suites that need it do not run`);
  return false;
}

/** Whether the run may take as long as it likes: `BELLHOP_LONG=true`, for a night. */
export function isLongRun(): boolean {
  // eslint-disable-next-line no-restricted-properties -- as above
  return process.env["BELLHOP_LONG"] === "true";
}
