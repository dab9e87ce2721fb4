import { listOf, mapOf, object, orNull, type Schema, text, time, whole } from "./schema.ts";

/** Shapes that occur inside others. */
export const VALUE_SCHEMAS: Readonly<Record<string, Schema>> = {
  Money: object(
    {
      amount: text("Plain decimal number with the currency's own number of decimals: `1234.50`"),
      minor: whole("In the smallest unit of the currency"),
      currency: { ...text("ISO 4217"), pattern: "^[A-Z]{3}$" },
    },
    {},
    "An amount of money. Negative when it went back",
  ),
  LocalMoment: object(
    {
      local: text("`2026-03-14T09:00`; only the date when no time was given"),
      timeZone: text("IANA name such as `Europe/Oslo`"),
      instant: orNull(time("The same moment in UTC; of a date its first instant")),
    },
    {},
    "A moment as the place where it happens writes it",
  ),
  Custom: mapOf(text(), "Custom form items and properties under the names the source gives them"),
  Problem: object(
    {
      type: text("`about:blank`: the status says what kind of problem it is"),
      title: text("The status in words"),
      status: whole("HTTP status"),
      detail: text("What is wrong and what to do"),
    },
    {
      errors: listOf(
        object({ field: text("Name of the filter or field"), detail: text("What is wrong") }),
      ),
    },
    "RFC 9457",
  ),
};
