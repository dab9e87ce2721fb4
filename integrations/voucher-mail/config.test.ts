import { expect, test } from "vitest";

import integration from "./index.ts";
import { VoucherMailConfig } from "./config.ts";

test("without any settings vouchers go to guests, with prices and without copies", () => {
  const config = VoucherMailConfig.parse({});

  expect(config).toEqual({
    template: "default",
    brand: { colour: "#1f4e5f" },
    agents: "guest",
    prices: true,
  });
});

test.each([
  [{ template: "../../etc" }, "template"],
  [{ copyTo: "nobody" }, "copyTo"],
  [{ brand: { colour: "red; background: url(x)" } }, "brand.colour"],
  [{ brand: { color: "#000000" } }, "brand"],
  [{ agents: "nobody" }, "agents"],
])("%j stops the start at %s", (settings, path) => {
  const { error } = VoucherMailConfig.safeParse(settings);

  expect(error?.issues[0]?.path.join(".")).toBe(path);
});

test("handlers and document have the names the office and the command line use", () => {
  const { manifest, handlers = [], documents = [] } = integration;

  const names = [manifest.id, ...handlers.map(({ id }) => id), ...documents.map(({ id }) => id)];

  expect(names).toEqual(["voucher-mail", "send-voucher", "voucher"]);
});
