import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { hasProgram, temporaryFolder } from "../harness/servers.ts";
import { readOptions } from "./options.ts";
import type { Report } from "./report.ts";

/** A slow machine needs longer to be quiet again; a quick one is done in less than a minute. */
const TIMEOUT_MS = 480_000;

async function shortRun(store: string): Promise<{ report: Report; output: string }> {
  const folder = temporaryFolder();
  const json = join(folder, "verdict.json");
  const args = ["dist/test/chaos/main.js", "--store", store, "--short", "--json", json];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, (_, stdout, stderr) => {
      resolve(stdout + stderr);
    });
  });
  const report = JSON.parse(readFileSync(json, "utf8")) as Report;
  rmSync(folder, { recursive: true, force: true });
  return { report, output };
}

function countOf({ findings }: Report, name: string): number {
  return findings.find((finding) => finding.name.startsWith(name))?.count ?? 0;
}

hasProgram("faketime");
const isHere = { sqlite: true, mariadb: hasProgram("mariadbd") };

// Galera's nodes are killed in test/e2e/galera.test.ts; `npm run chaos -- --store galera` does more.
describe(
  "broken in every way a real installation meets",
  () => {
    it.runIf(isHere.sqlite)("on SQLite nothing is lost, twice or out of order", proveOn("sqlite"));

    it.runIf(isHere.mariadb)(
      "on MariaDB nothing is lost, twice or out of order",
      proveOn("mariadb"),
    );
  },
  TIMEOUT_MS,
);

function proveOn(store: string): () => Promise<void> {
  return async () => {
    const { report, output } = await shortRun(store);

    const faults = report.findings.filter(({ count, mustBeNone }) => mustBeNone && count > 0);
    expect(faults, output).toEqual([]);
    expect(countOf(report, "accepted")).toBeGreaterThan(20);
    expect(countOf(report, "effects performed")).toBeGreaterThan(20);
  };
}

describe("how a run is asked for", () => {
  it("without options it is 200 kills on SQLite", () => {
    expect(readOptions([])).toMatchObject({ store: "sqlite", kills: 200, seed: 1, isShort: false });
  });

  it("on Galera it lasts five minutes, however many nodes are killed", () => {
    expect(readOptions(["--store", "galera"])).toMatchObject({ kills: Infinity, minutes: 5 });
  });

  it.each([
    [["--store", "oracle"], "use sqlite, mariadb, galera"],
    [["--kills", "many"], "is not a number"],
    [["--without", "rain"], "use kill, database, disk, clock, target"],
  ])("%j is refused with what to write instead", (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
