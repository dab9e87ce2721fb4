#!/usr/bin/env node
// Starts the built program. In a checkout it is built first when a source is newer than the build.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync, utimesSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const main = new URL("../dist/src/main.js", import.meta.url);
const stamp = `${root}dist/build.tsbuildinfo`;
const compiler = `${root}node_modules/typescript/bin/tsc`;

function newestMs(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) newest = Math.max(newest, newestMs(path));
    else if (path.endsWith(".ts")) newest = Math.max(newest, statSync(path).mtimeMs);
  }
  return newest;
}

function isStale() {
  if (!existsSync(main)) return true;
  if (!existsSync(stamp)) return false;
  return (
    Math.max(newestMs(`${root}src`), newestMs(`${root}integrations`)) > statSync(stamp).mtimeMs
  );
}

const isCheckout = existsSync(`${root}tsconfig.build.json`) && existsSync(`${root}src`);
if (isCheckout && isStale()) {
  if (!existsSync(compiler)) {
    console.error("bellhop is not built. Run: npm ci && npm run build");
    process.exit(1);
  }
  console.error("bellhop: building …");
  const build = spawnSync(process.execPath, [compiler, "-p", `${root}tsconfig.build.json`], {
    stdio: ["ignore", 2, 2],
  });
  if (build.status !== 0) process.exit(1);
  // The compiler leaves its stamp as old as it was when a source is newer and says the same.
  if (existsSync(stamp)) utimesSync(stamp, new Date(), new Date());
}
await import(main.href);
