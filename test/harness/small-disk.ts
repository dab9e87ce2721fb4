import { spawnSync } from "node:child_process";

import { temporaryFolder } from "./servers.ts";

/** A file system of a few megabytes, where the machine lets us make one. */
export function smallDisk(): string | undefined {
  const folder = temporaryFolder("bellhop-small-disk-");
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", folder]);
  if (mounted.status === 0) return folder;
  if (process.env["CI"] === "true") throw new Error("cannot mount a small tmpfs: run CI as root");
  // eslint-disable-next-line no-console -- a skipped suite must be seen by whoever runs the tests
  console.warn("SKIPPED: a full disk needs the right to mount a tmpfs");
  return undefined;
}
