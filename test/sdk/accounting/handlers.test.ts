import { describe, expect, it } from "vitest";

import { accountingParts, DOCUMENTS } from "../../../src/sdk/accounting/handlers.ts";
import {
  accountingSettings,
  type AccountingSettings,
} from "../../../src/sdk/accounting/settings.ts";
import type { AccountingTarget } from "../../../src/sdk/accounting/target.ts";

type Target = AccountingTarget<AccountingSettings>;

const unused = () => Promise.reject(new Error("not part of this test"));

function documentsOf(parts: Partial<Target>) {
  const { handlers } = accountingParts<AccountingSettings>({
    post: unused,
    read: unused,
    ...parts,
  });
  return handlers.find(({ id }) => id === DOCUMENTS);
}

describe("how many documents are posted at once", () => {
  it("one, in the whole installation, when the target does not say", () => {
    expect(documentsOf({})).toMatchObject({ concurrency: 1, limit: { atOnce: 1 } });
  });

  it("as many as the target takes, in the one process that posts", () => {
    expect(documentsOf({ atOnce: 64 })).toMatchObject({ concurrency: 64, limit: { atOnce: 64 } });
  });
});

it("every setting says what it is for, so that editors can", () => {
  const silent = Object.entries(accountingSettings).filter(([, one]) => !one.description);

  expect(silent.map(([name]) => name)).toEqual([]);
});
