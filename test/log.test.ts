import { spawn } from "node:child_process";

import { expect, it } from "vitest";

import { describeError } from "../src/log.ts";
import { onEachStore } from "./harness/stores.ts";

onEachStore((store) => {
  it("a refused statement is logged without what guests and callers have sent", async () => {
    const db = await store.open();
    const row = { name: "ana@example.com", value: Buffer.from("Authorization: Bearer secret") };
    await db.knex("facts").insert(row);

    const error: unknown = await db
      .knex("facts")
      .insert(row)
      .catch((cause: unknown) => new Error("could not store", { cause }));

    const logged = JSON.stringify(describeError(error));
    expect(logged).toContain("could not store");
    expect(logged).toMatch(/ER_DUP_ENTRY|SQLITE_CONSTRAINT_PRIMARYKEY/);
    expect(logged).not.toMatch(/ana@example|secret|41757468/);
  });
});

it("a process ends although nobody reads its log", { timeout: 60_000 }, async () => {
  const script = `
    import { createLog } from "${process.cwd()}/dist/src/log.js";
    const log = createLog("info");
    for (let line = 0; line < 5_000; line += 1) log.info({ line, text: "x".repeat(200) }, "said");
    process.exit(3);
  `;
  const args = ["--input-type=module", "--eval", script];
  // The other end of the pipe is never read, so that it fills.
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  child.stderr.pause();

  const code = await new Promise((resolve) => child.once("exit", resolve));

  expect(code).not.toBeNull();
});
