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
