import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { hasPrograms, testClock } from "#sdk/testing";

import { attach } from "./attach.ts";
import { check } from "./check.ts";
import { openDesk } from "./desk.ts";
import { bookingFile, GUEST, invoice, line, untaxed } from "./testing/postings.ts";
import { openShop, SETTINGS, type Shop } from "./testing/shop.ts";
import { asDay, asDecimal, asId, date } from "./wire.ts";

// A call takes some 20 ms of an idle machine, and this one is seldom idle.
const SLOW = { timeout: 180_000 };
const canRun = hasPrograms("trytond", "trytond-admin");

describe.runIf(canRun)("what the office does in Tryton, and sees there", SLOW, () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.close());

  const idOf = (reference = "") => Number(reference.split(",")[1]);

  describe("check", () => {
    const clock = testClock();
    const checked = (parts: object = {}) => check({ ...shop.context({ ...parts }), clock });

    it("says in one line what was found", async () => {
      expect(await checked()).toBe('company "Fjord Walks AS" (EUR), 3 taxes');
    });

    it("says what was not set and will be waited for", async () => {
      expect(await checked({ accounts: {}, taxNames: {} })).toBe(
        'company "Fjord Walks AS" (EUR), 0 taxes, bookings with tax wait for settings.taxNames, ' +
          "no account for deferred, fees, commission, rounding: documents that need it wait",
      );
    });

    it("names everything that is wrong, with the nearest name that is there", async () => {
      const accounts = { ...SETTINGS.accounts, fees: "Payment Fee", rounding: "Payment Fees" };
      const parts = { accounts, taxNames: { standard: "VAT 211%" }, journals: { sales: "Sales" } };

      const failure = await checked(parts).catch(String);

      expect(failure).toContain(
        'settings.accounts.fees: Tryton has no account "Payment Fee": did you mean "Payment Fees"?',
      );
      expect(failure).toContain(
        'settings.taxNames.standard: Tryton has no tax "VAT 211%": did you mean "VAT 21%"?',
      );
      expect(failure).toContain('settings.journals.sales: Tryton has no journal "Sales"');
    });

    it("knows which accounts Tryton takes on an invoice, and of which it asks for a party", async () => {
      const accounts = { ...SETTINGS.accounts, rounding: "Payment Fees", receivable: "Main Cash" };

      const failure = await checked({ accounts }).catch(String);

      expect(failure).toContain('accounts.rounding: "Payment Fees" is of a type that Tryton takes');
      expect(failure).toContain('accounts.receivable: "Main Cash" is of a type without the mark');
    });

    it("names another company's, and a day without a period", async () => {
      await expect(checked({ company: "Lake Walks" })).rejects.toThrow(
        'settings.company: no company "Lake Walks"; the user\'s are: "Fjord Walks AS"',
      );
      const later = testClock(Date.UTC(2040, 0, 1));
      await expect(check({ ...shop.context(), clock: later })).rejects.toThrow(
        "no period for 2040-01-01",
      );
    });
  });

  describe("parties", () => {
    const nameOf = async (code: string) => {
      const shape = { id: asId, name: z.string() };
      return shop.admin.searchRead("party.party", [["code", "=", code]], shape);
    };
    const invoiceFor = async (party: typeof GUEST) => {
      const booking = bookingFile(shop.context(), { party });
      return booking.post(invoice(untaxed(1_000)));
    };

    it("two guests of one name stay two, one guest of two names stays one", async () => {
      await invoiceFor({ ...GUEST, code: "a" });
      await invoiceFor({ ...GUEST, code: "b" });
      await invoiceFor({ ...GUEST, code: "b", name: "Kari Hansen" });

      const [a, b] = [await nameOf("a"), await nameOf("b")];
      expect([a, b].map((rows) => rows.map(({ name }) => name))).toEqual([
        ["Kari Nordmann"],
        ["Kari Hansen"],
      ]);
    });

    it("a new address is a second one: the first invoice keeps its own", async () => {
      const party = { ...GUEST, code: "c" };
      const first = await invoiceFor(party);
      const second = await invoiceFor({ ...party, street: "Torget 1" });

      const shape = { "invoice_address.": z.object({ street: z.string() }) };
      const ids = [first, second].map(({ externalId }) => idOf(externalId));
      const rows = await shop.admin.read("account.invoice", ids, shape);
      expect(rows.map((row) => row["invoice_address."].street)).toEqual(["Bryggen 12", "Torget 1"]);
    });

    it.each([
      ["ES B-58378431", ["eu_vat ESB58378431"], []],
      ["NO 995 525 828 MVA", ["no_mva NO995525828MVA"], []],
      // Not a number by its own check digit: the bookkeeper decides.
      ["NO 123 456 789 MVA", [], ["Tax number NO123456789MVA"]],
    ])("e-mail, telephone and %s are there once", async (taxNumber, numbers, notes) => {
      const party = { ...GUEST, code: taxNumber, kind: "agent" as const, taxNumber };
      await invoiceFor(party);
      await invoiceFor({ ...party, name: "Fjord Tours" });

      const [row] = await nameOf(taxNumber);
      const own = [["party", "=", row?.id]];
      const read = async (model: string, domain: unknown[], ...fields: string[]) => {
        const shape = Object.fromEntries(fields.map((field) => [field, z.string()]));
        const rows = await shop.admin.searchRead(model, domain, shape);
        return rows.map((one) => fields.map((field) => one[field]).join(" ")).toSorted();
      };
      expect(await read("party.contact_mechanism", own, "value")).toEqual([
        GUEST.phone,
        GUEST.email,
      ]);
      expect(await read("party.identifier", own, "type", "code")).toEqual(numbers);
      const ofParty = [["resource", "=", `party.party,${row?.id}`]];
      expect(await read("ir.note", ofParty, "message")).toEqual(notes);
    });
  });

  it("an invoice of an earlier day gets the day of the newest, and says so", async () => {
    const booking = bookingFile(shop.context());
    await booking.post({ ...invoice(line(1_210)), on: "2027-03-20" });

    const late = await booking.post({ ...invoice(line(1_210)), on: "2027-03-02" });

    const shape = { invoice_date: asDay, comment: z.string(), state: z.string() };
    const [row] = await shop.admin.read("account.invoice", [idOf(late.externalId)], shape);
    expect(row).toMatchObject({ invoice_date: "2027-03-20", state: "posted" });
    expect(row?.comment).toContain("Of 2027-03-02; dated 2027-03-20");
  });

  it("an invoice that was due before it is posted is posted all the same", async () => {
    const booking = bookingFile(shop.context(), { on: "2027-03-20" });

    const posted = await booking.post({ ...invoice(line(1_210)), dueOn: "2025-01-31" });

    const id = idOf(posted.externalId);
    const [row] = await shop.admin.read("account.invoice", [id], {
      "move.": z.object({ id: asId }),
    });
    const lines = await shop.admin.searchRead(
      "account.move.line",
      [["move", "=", row?.["move."].id]],
      { maturity_date: asDay.nullable() },
    );
    expect(lines.map(({ maturity_date }) => maturity_date)).toContain("2025-01-31");
  });

  it("a closed period is named, with the setting that helps, and leaves nothing behind", async () => {
    const domain = [["start_date", "=", date("2025-02-01")]];
    const [period] = await shop.admin.searchRead("account.period", domain, { id: asId });
    await shop.admin.press("account.period", "close", [period?.id ?? 0]);
    const booking = bookingFile(shop.context(), { on: "2025-02-14" });
    const deposit = { kind: "deposit", paymentId: "p", totalMinor: 100 } as const;

    const failures = [
      await booking.post(invoice(line(1_210))).catch(String),
      await booking.post(deposit).catch(String),
    ];

    const told =
      "ConfigurationError: the period 2025-02 is closed in Tryton, and 2025-02-14 is in it: " +
      "set closedUntil to 2025-02-28, so that documents are dated after it, or open the period again";
    expect(failures).toEqual([told, told]);
    expect((await booking.read()).documents).toEqual([]);
    await expect(booking.post({ ...deposit, on: "2031-01-01" })).rejects.toThrow("no period for");
  });

  it("a payment entered by hand counts beside ours", async () => {
    const booking = bookingFile(shop.context(), { on: "2027-04-02" });
    const posted = await booking.post(invoice(untaxed(10_000)));
    await payByHand(shop, idOf(posted.externalId), "40.00");

    await booking.post({ kind: "payment", to: "invoice:1", paymentId: "p", totalMinor: 6_000 });

    const shape = { state: z.string(), amount_to_pay: asDecimal };
    const [row] = await shop.admin.read("account.invoice", [idOf(posted.externalId)], shape);
    expect(row).toEqual({ state: "paid", amount_to_pay: "0" });
  });

  it("a draft that a person would have to approve is told as such", async () => {
    const booking = bookingFile(shop.context());
    const posting = booking.posting({ kind: "deposit", paymentId: "p", totalMinor: 100 });
    const [journal] = await shop.admin.searchRead("account.journal", [["name", "=", "Cash"]], {
      id: asId,
    });
    const [period] = await shop.admin.searchRead(
      "account.period",
      [["start_date", "=", date("2026-03-01")]],
      { id: asId },
    );
    await shop.admin.create("account.move", {
      ...{ journal: journal?.id, period: period?.id, date: date("2026-03-02") },
      description: posting.number,
    });

    expect((await booking.read()).documents).toEqual([
      { number: posting.number, kind: "deposit", totalMinor: 0, isDraft: true },
    ]);
  });

  it("a file is attached to an invoice once", async () => {
    const booking = bookingFile(shop.context(), { on: "2027-04-02" });
    const { externalId } = await booking.post(invoice(untaxed(1_000)));
    const desk = await openDesk(shop.context());
    const pdf = Buffer.from("%PDF-1.4 confirmation");

    await attach(externalId, "confirmation-1.pdf", pdf, desk);
    await attach(externalId, "confirmation-1.pdf", pdf, desk);

    const shape = { name: z.string(), data: z.object({ base64: z.string() }) };
    const files = await shop.admin.searchRead(
      "ir.attachment",
      [["resource", "=", externalId]],
      shape,
    );
    expect(files.map(({ name }) => name)).toEqual(["confirmation-1.pdf"]);
    expect(Buffer.from(files[0]?.data.base64 ?? "", "base64")).toEqual(pdf);
  });
});

/** As a bookkeeper pays a part of an invoice: through Tryton's own wizard. */
async function payByHand({ admin }: Shop, id: number, amount: string): Promise<void> {
  const one = async (model: string, name: string) =>
    (await admin.searchRead(model, [["name", "=", name]], { id: asId }))[0]?.id;
  const company = (await admin.read("account.invoice", [id], { company: asId }))[0]?.company;
  const cash = await one("account.account", "Main Cash");
  const method = await admin.create("account.invoice.payment.method", {
    ...{ name: "By hand", company, journal: await one("account.journal", "Cash") },
    ...{ debit_account: cash, credit_account: cash },
  });
  const currency = (
    await admin.searchRead("currency.currency", [["code", "=", "EUR"]], { id: asId })
  )[0];
  const there = admin.within({
    ...{ active_model: "account.invoice", active_id: id, active_ids: [id] },
  });
  const entered = {
    ...{ amount: { __class__: "Decimal", decimal: amount }, date: date("2027-04-03") },
    ...{ currency: currency?.id, payment_method: method, description: null },
  };
  await there.converse("account.invoice.pay", async (execute, startState) => {
    const start = { ...defaultsOf(await execute(startState, {})), ...entered };
    const ask = defaultsOf(await execute("choice", { start }));
    await execute("pay", { start, ask: { ...ask, type: "partial" } });
  });
}

const View = z.object({ view: z.object({ defaults: z.record(z.string(), z.unknown()) }) });

/** What a view is filled with when it opens; names that end in a point are for showing only. */
function defaultsOf(answer: unknown): Record<string, unknown> {
  const { defaults } = View.parse(answer).view;
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => !name.endsWith(".")));
}
