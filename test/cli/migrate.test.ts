import { expect, it } from "vitest";

import { temporaryFolder } from "../harness/servers.ts";
import { onEachStore } from "../harness/stores.ts";
import { command } from "./command.ts";

onEachStore((store) => {
  it("the tables are made once, and a second run has nothing to do", async () => {
    const location = await store.emptyLocation();
    const env =
      "mysqlUrl" in location
        ? { BELLHOP_DATA: temporaryFolder(), DATABASE_URL: location.mysqlUrl }
        : { BELLHOP_DATA: location.sqliteFile.replace(/\/[^/]+$/, "") };

    const first = await command({ env }, "migrate");
    const second = await command({ env }, "migrate");

    expect(first.code).toBe(0);
    expect(first.out).toMatch(
      /applied 0001-first-light, 0002-unbreakable, 0003-nothing-missed, 0004-in-time, 0005-connected, 0006-in-the-books, 0007-everyone-once, 0008-in-the-calendar\.\n$/,
    );
    expect(second).toMatchObject({ code: 0 });
    expect(second.out).toMatch(/up to date, nothing to do\.\n$/);
    expect(first.out + second.out).not.toContain("secret");
  });
});
