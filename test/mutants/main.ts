import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { applied, type Mutant, MUTANTS } from "./mutants.ts";

// npm run mutants [-- PART-OF-A-NAME]
//
// Breaks a copy of the sources in one way at a time and runs the tests that must notice. Exit code
// 1 when a mutant survives, when its search text is gone, or when its tests fail without it.

const COPIED = ["src", "test", "integrations", "bin", "templates", "package.json"];

// Without the build that the whole suite starts with: no test here runs the built program.
const VITEST_CONFIG = `
import { defineConfig } from "vitest/config";
const conditions = ["bellhop:source"];
const test = { include: ["test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 120_000 };
export default defineConfig({ resolve: { conditions }, ssr: { resolve: { conditions } }, test });
`;

type Verdict = "caught" | "SURVIVED" | "its tests fail without it" | "does not fit the source";

const wanted = process.argv[2] ?? "";
const mutants = MUTANTS.filter(({ name }) => name.includes(wanted));
const copy = copyOfTree();
const healthy = new Map<string, boolean>();
const verdicts = mutants.map((mutant) => {
  const verdict = judge(mutant);
  process.stdout.write(`${verdict.padEnd(28)}${mutant.name}\n`);
  return verdict;
});
rmSync(copy, { recursive: true, force: true });
const caught = verdicts.filter((verdict) => verdict === "caught").length;
process.stdout.write(`\n${caught} of ${mutants.length} mutants caught\n`);
process.exitCode = mutants.length > 0 && caught === mutants.length ? 0 : 1;

function copyOfTree(): string {
  const folder = mkdtempSync(join(tmpdir(), "bellhop-mutants-"));
  for (const name of COPIED) cpSync(name, join(folder, name), { recursive: true });
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "vitest.config.ts"), VITEST_CONFIG);
  return folder;
}

function judge(mutant: Mutant): Verdict {
  const file = join(copy, mutant.file);
  const source = readFileSync(file, "utf8");
  let broken: string;
  try {
    broken = applied(mutant, source);
  } catch {
    return "does not fit the source";
  }
  if (!isHealthy(mutant)) return "its tests fail without it";
  writeFileSync(file, broken);
  const isCaught = !passes(mutant);
  writeFileSync(file, source);
  return isCaught ? "caught" : "SURVIVED";
}

/** Tests that fail anyway would catch anything. */
function isHealthy(mutant: Mutant): boolean {
  const key = `${mutant.test} ${mutant.titles}`;
  const known = healthy.get(key) ?? passes(mutant);
  healthy.set(key, known);
  return known;
}

function passes({ test, titles }: Mutant): boolean {
  const args = ["vitest", "run", test, "--testNamePattern", titles];
  return spawnSync("npx", args, { cwd: copy, stdio: "ignore" }).status === 0;
}
