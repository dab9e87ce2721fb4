import { spawnSync } from "node:child_process";
import { utimesSync } from "node:fs";

/** Suites that start real processes run the built program: build it once, before all of them. */
export default function build(): void {
  // A type error is told by `npm run check`; the program is written all the same.
  spawnSync("node_modules/.bin/tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });
  // As bin/bellhop.js does: sources that are newer and say the same must not be built at each start.
  utimesSync("dist/build.tsbuildinfo", new Date(), new Date());
}
