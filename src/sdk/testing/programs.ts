import { spawnSync } from "node:child_process";

/** Whether a program that a suite needs is there; in CI a missing one is a failure, never a skip. */
export function hasProgram(name: string): boolean {
  const isThere = spawnSync("which", [name]).status === 0;
  // eslint-disable-next-line no-restricted-properties -- only tests run this, and CI is no setting
  if (!isThere && process.env["CI"] === "true") throw new Error(`${name} is missing: install it`);
  // eslint-disable-next-line no-console -- a skipped suite must be seen by whoever runs the tests
  if (!isThere) console.warn(`SKIPPED: ${name} is not installed, suites that need it do not run`);
  return isThere;
}
