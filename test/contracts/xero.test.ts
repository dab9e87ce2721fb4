import { describe, expect, it } from "vitest";

import { check } from "../../integrations/xero/check.ts";
import { Office } from "../../integrations/xero/testing.ts";
import { begin, STORIES } from "../../integrations/xero/testing/stories.ts";
import { Contract, contractFile } from "./openapi.ts";

const file = contractFile("xero-accounting-subset.json");

const neverOpened = new Promise<Contract>(() => undefined);

describe.runIf(file !== undefined)("Xero's own description of its API", () => {
  // Not looked for where the suite is skipped.
  const contract = file === undefined ? neverOpened : Contract.open(file, "/api.xro/2.0");

  it.each(Object.keys(STORIES))("has every call and every answer of: %s", async (title) => {
    const { office, last } = await begin(title);
    await last();
    await last(); // as after a try that nobody knows the end of
    await office.read();

    const faults = await faultsIn(office);

    expect(faults).toEqual([]);
  });

  it("has those of a check and of a refusal", async () => {
    const office = new Office();
    await check({ ...office.context, config: office.config } as never);
    office.fake.books.organisation["PeriodLockDate"] = "2026-03-31";
    await office
      .post({
        ...{ kind: "deposit", key: "deposit:1", totalMinor: 1, paymentId: "p" },
      })
      .catch(() => undefined);

    expect(office.fake.exchanges.at(-1)?.status).toBe(400);
    expect(await faultsIn(office)).toEqual([]);
  });

  it("finds what is wrong", async () => {
    const office = new Office();
    await office.post({ kind: "deposit", key: "deposit:1", totalMinor: 100, paymentId: "p" });
    const made = office.fake.exchanges.at(-1);
    const text = made?.request.body.toString() ?? "";
    const body = Buffer.from(
      text.replace('"RECEIVE-PREPAYMENT"', '"GIFT"').replace(":1,", ':"two",'),
    );
    const request = made && { ...made.request, body };

    const faults = request
      ? (await contract).faultsOf(request, 200, { BankTransactions: "none" })
      : [];

    expect(faults.join("\n")).toMatch(/Type.*allowed values/);
    expect(faults.join("\n")).toMatch(/Quantity.*number/);
    expect(faults.join("\n")).toMatch(/BankTransactions.*array/);
  });

  async function faultsIn({ fake }: Office): Promise<string[]> {
    const judge = await contract;
    return fake.exchanges.flatMap(({ request, status, body }) =>
      judge.faultsOf(request, status, body),
    );
  }
});
