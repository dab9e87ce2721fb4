import { describe, expect, test } from "vitest";

import { answerWith, fetchFrom, fixture } from "./testing.ts";

async function standing(elements: string) {
  const { view } = await fetchFrom(answerWith(elements));
  return view;
}

const OPEN = "<status>1</status><expiry_date>2026-03-01</expiry_date>";

describe("the status of a booking", () => {
  test.each([
    ["0", "quoted"],
    ["1", "requested"],
    ["2", "confirmed"],
    ["7", undefined],
    ["constructor", undefined],
    ["", undefined],
  ])("status %s is %s", async (status, expected) => {
    expect((await standing(`<status>${status}</status>`))?.status).toBe(expected);
  });

  test("a booking that is held back keeps the status that TourCMS gives it", async () => {
    const view = await standing("<status>1</status><withheld>1</withheld>");

    expect(view?.status).toBe("requested");
  });

  test.each([
    ["a reason", "<cancel_reason>22</cancel_reason>"],
    [
      "a local time",
      "<cancel_reason>0</cancel_reason><cancel_date_time>2026-03-01 10:00:00</cancel_date_time>",
    ],
    ["a UTC time", "<cancelled_at_utc_seconds>1772359200</cancelled_at_utc_seconds>"],
  ])("a confirmed booking is cancelled by %s alone", async (_name, elements) => {
    expect((await standing(`<status>2</status>${elements}`))?.status).toBe("cancelled");
  });

  test("a cancellation says when and why, and nobody is blamed", async () => {
    const { view } = await fetchFrom(fixture("07_cancelled.xml"), { reference: "1207" });

    expect(view?.cancellation).toEqual({
      at: "2026-03-09T15:30:00.000Z",
      reason: "Cancelled via API",
    });
  });

  test("a cancellation that is taken back is shown as none", async () => {
    const view = await standing("<status>2</status><cancel_reason>0</cancel_reason>");

    expect(view).toMatchObject({ status: "confirmed", cancellation: null });
  });
});

describe("an offer that ran out", () => {
  test("is expired when TourCMS says so", async () => {
    const { view } = await fetchFrom(fixture("08_expq_quotation.xml"), { reference: "1205" });

    expect(view).toMatchObject({
      status: "expired",
      cancellation: { at: "2026-03-22T01:00:00.000Z", reason: "Quotation expired", by: "system" },
    });
  });

  test.each([
    ["after its last day", "2026-03-02 02:00:00", "expired"],
    ["in its last second", "2026-03-01 23:59:59", "expired"],
    ["on its last day", "2026-03-01 20:00:00", "cancelled"],
  ])("counts by the end of its day: cancelled %s", async (_name, at, status) => {
    const view = await standing(
      `${OPEN}<cancel_reason>3</cancel_reason><cancel_text>-</cancel_text><cancel_date_time>${at}</cancel_date_time>`,
    );

    expect(view?.status).toBe(status);
  });

  test("counts by the exact end where that is given", async () => {
    const view = await standing(
      `${OPEN}<expiry_date_at_utc_seconds>1772370000</expiry_date_at_utc_seconds>` +
        "<cancelled_at_utc_seconds>1772370000</cancelled_at_utc_seconds>",
    );

    expect(view).toMatchObject({ status: "expired", expiresAt: "2026-03-01T13:00:00.000Z" });
  });

  test("a confirmed booking does not expire, whatever its text says", async () => {
    const view = await standing(
      "<status>2</status><expiry_date>2026-03-01</expiry_date><cancel_reason>1</cancel_reason>" +
        "<cancel_text>Card expired</cancel_text>",
    );

    expect(view?.status).toBe("cancelled");
  });

  test("whose end is over stays open until TourCMS takes it back", async () => {
    expect((await standing(OPEN))?.status).toBe("requested");
  });

  test("a confirmed booking with an old end stays confirmed", async () => {
    const view = await standing("<status>2</status><expiry_date>2026-01-01</expiry_date>");

    expect(view?.status).toBe("confirmed");
  });
});

describe("checking in", () => {
  const component = (type: string, redeemed: string) =>
    `<component><date_type>${type}</date_type>` +
    `<voucher_redemption_status>${redeemed}</voucher_redemption_status></component>`;

  test.each([
    [
      "every tour is redeemed",
      [
        ["departure", "1"],
        ["freesale", "1"],
        ["hotel", "1"],
      ],
      "checked_in",
    ],
    [
      "options and fees are not",
      [
        ["departure", "1"],
        ["option", "0"],
        ["fee", "0"],
      ],
      "checked_in",
    ],
    [
      "one tour is not",
      [
        ["departure", "1"],
        ["departure", "0"],
      ],
      "confirmed",
    ],
    [
      "a new kind of item is not",
      [
        ["departure", "1"],
        ["transfer", "0"],
      ],
      "confirmed",
    ],
    ["there are only fees", [["fee", "1"]], "confirmed"],
    ["there is nothing", [], "confirmed"],
  ])("a booking counts as checked in by its items: %s", async (_name, items, status) => {
    const components = items.map(([type = "", redeemed = ""]) => component(type, redeemed));

    const view = await standing(
      `<status>2</status><customers/><components>${components.join("")}</components>`,
    );

    expect(view?.status).toBe(status);
  });

  test("a provisional booking cannot be checked in", async () => {
    const view = await standing(
      `<status>1</status><components>${component("departure", "1")}</components>`,
    );

    expect(view?.status).toBe("requested");
  });

  test("one of two redeemed items shows on that item (sample 10)", async () => {
    const { view } = await fetchFrom(fixture("10_redeem_voucher.xml"), { reference: "1210" });

    expect(view?.status).toBe("confirmed");
    expect(view?.items?.map(({ isRedeemed }) => isRedeemed)).toEqual([true, false]);
  });
});
