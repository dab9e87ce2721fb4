import { spawnSync } from "node:child_process";

/** Suites that start real processes run the built program: build it once, before all of them. */
export default function build(): void {
  // A type error is told by `npm run check`; the program is written all the same.
  spawnSync("node_modules/.bin/tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });
}
