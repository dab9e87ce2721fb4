import { spawnSync } from "node:child_process";
import { env } from "node:process";

/**
 * Whether the programs that a suite needs are there: `describe.runIf(hasPrograms("psql"))`. In CI
 * a missing one is a failure, never a skip.
 */
export function hasPrograms(...names: readonly string[]): boolean {
  const missing = names.filter((name) => spawnSync("which", [name]).status !== 0);
  if (missing.length === 0) return true;
  if (env["CI"] === "true") throw new Error(`missing: ${missing.join(", ")}; install them`);
  // eslint-disable-next-line no-console -- a skipped suite must be seen by whoever runs the tests
  console.warn(`SKIPPED: ${missing.join(", ")} not installed, suites that need it do not run`);
  return false;
}
