import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";

import { BIKES, confirmedReservation, startBikes } from "../api/bikes.ts";
import type { App } from "../harness/app.ts";
import { command } from "./command.ts";

let app: App;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bellhop-voucher-"));
  app = await startBikes();
  await confirmedReservation(app);
});
afterAll(() => app.stop());

it("the voucher of a booking is written to the file, and nothing beside it", async () => {
  const file = join(folder, "voucher.pdf");

  const { code, out } = await command(app, "voucher", "bikes", "9000101", "--out", file);

  expect(code).toBe(0);
  expect(out).toContain(`Written: ${file} (`);
  expect(out).toContain("booking 9000101 is confirmed");
  expect(readFileSync(file).subarray(0, 5).toString()).toBe("%PDF-");
  expect(readdirSync(folder)).toEqual(["voucher.pdf"]);
});

it.each([
  [["bikes", "4711"], '"bellhop list bookings --connection bikes" shows those it knows'],
  [["boats", "9000101"], "there is no connection boats: known are bikes"],
])("for %j there is none, and the message says what to do", async (booking, words) => {
  const file = join(folder, "none.pdf");

  const { code, err } = await command(app, "voucher", ...booking, "--out", file);

  expect(code).toBe(1);
  expect(err).toContain(words);
  expect(existsSync(file)).toBe(false);
});

it("a folder that is not there is named", async () => {
  const file = join(folder, "nowhere", "voucher.pdf");

  const { code, err } = await command(app, "voucher", "bikes", "9000101", "--out", file);

  expect(code).toBe(1);
  expect(err).toContain(`cannot write ${file} (ENOENT)`);
});

it("without a file to write to the command is incomplete", async () => {
  expect((await command(app, "voucher", "bikes", "9000101")).code).toBe(2);
});

it("an instance that is meant for other bookings makes none", async () => {
  const config = join(folder, "others.yaml");
  const others = { "voucher-mail": { when: { products: ["no such product"] } } };
  writeFileSync(config, stringify({ ...BIKES, integrations: others }));
  const env = { ...app.env, BELLHOP_CONFIG: config };

  const { code, err } = await command({ env }, "voucher", "bikes", "9000101", "--out", "x.pdf");

  expect(code).toBe(1);
  expect(err).toContain("or widen its `when`");
});

it("where no integration makes vouchers the message names one that does", async () => {
  const config = join(folder, "bellhop.yaml");
  writeFileSync(config, stringify({ ...BIKES, integrations: {} }));
  const env = { ...app.env, BELLHOP_CONFIG: config };

  const { code, err } = await command({ env }, "voucher", "bikes", "9000101", "--out", "x.pdf");

  expect(code).toBe(1);
  expect(err).toContain("add voucher-mail under integrations");
});
