import { describe, expect, it } from "vitest";

import { hasLongNumber, maskCards, maskCardsIn } from "../../src/normalize/mask-cards.ts";

describe("a card number", () => {
  it.each([
    ["my card is 4111111111111111, thanks", "my card is XXXXXXXXXXXX1111, thanks"],
    ["4111 1111 1111 1111", "XXXX XXXX XXXX 1111"],
    ["5500-0055-5555-5559", "XXXX-XXXX-XXXX-5559"],
    ["378282246310005", "XXXXXXXXXXX0005"],
    ["Comments=4111+1111+1111+1111&x=1", "Comments=XXXX+XXXX+XXXX+1111&x=1"],
    ["Comments=4111%201111%201111%201111", "Comments=XXXX+XXXX+XXXX+1111"],
  ])("%s is masked but for its end", (text, masked) => {
    expect(maskCards(text)).toBe(masked);
    expect(hasLongNumber(text)).toBe(true);
  });
});

describe("another number", () => {
  it.each([
    ["with a wrong check digit", "4111111111111112"],
    ["of no issuer", "9111111111111111"],
    ["that is longer", "00012345678901234567"],
    ["of a phone", "+34 655 555 010"],
    ["that is a moment", "start=1783173600&end=1783328400"],
    ["that is an amount", "4111111111111111.00"],
    ["of few digits", "1234"],
  ])("%s stays", (_, text) => {
    expect(maskCards(text)).toBe(text);
  });
});

it("free text of a booking is masked, numbers of things are not", () => {
  const card = "4111111111111111";
  const view = {
    notes: `pay with ${card}`,
    items: [{ id: card, tickets: [{ value: card }], note: card }],
    custom: { Comments: card },
  };

  expect(maskCardsIn(view)).toEqual({
    notes: "pay with XXXXXXXXXXXX1111",
    items: [{ id: card, tickets: [{ value: card }], note: "XXXXXXXXXXXX1111" }],
    custom: { Comments: "XXXXXXXXXXXX1111" },
  });
});

it("what holds no card comes back as it is", () => {
  const view = { notes: "two dogs", items: [{ id: "1", name: "Cabin" }] };

  expect(maskCardsIn(view)).toBe(view);
});
