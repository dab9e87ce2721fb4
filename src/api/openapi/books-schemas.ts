import { CAUSES, REMARKS } from "../../books/causes.ts";
import { type Figure, FIGURES } from "../../books/figures.ts";
import { BOOKING_STATUSES } from "../../sdk/booking.ts";
import { count, flag, listOf, object, oneOf, orNull, ref, type Schema, text } from "./schema.ts";

const SAID: Readonly<Record<Figure, string>> = {
  booked: "What the bookings cost; posted + elsewhere + notDue + unposted",
  posted: "Invoices less credit notes, and takings, by our ledger",
  elsewhere: "Invoiced before the books began, or by somebody else, or never",
  notDue: "To be invoiced later",
  unposted: "Should have been posted and is not",
  paid: "By the booking system; received + unreceived",
  received: "Money in the books, by our ledger",
  unreceived: "Paid and not in the books",
  open: "Of invoices, still to be paid",
  held: "Deposits and credits that are not used up",
};

const FIGURE_SCHEMAS = Object.fromEntries(
  FIGURES.map((figure): [string, Schema] => [
    figure,
    { allOf: [ref("Money")], description: SAID[figure] },
  ]),
);

const DAY: Schema = { ...text(), format: "date" };

export const BOOKS_SCHEMAS: Readonly<Record<string, Schema>> = {
  BooksRow: object(
    {
      instance: text("Name of the accounting integration"),
      connection: text(),
      reference: text(),
      status: oneOf(BOOKING_STATUSES),
      serviceOn: orNull(DAY, "The day of the service; of its month the booking is"),
      differs: flag(),
      amounts: listOf(object({ currency: text(), ...FIGURE_SCHEMAS }), "By currency"),
      remarks: listOf(oneOf(REMARKS), "Why figures are apart though nothing is wrong"),
      differences: listOf(ref("BooksDifference")),
    },
    {},
    "A booking beside the books",
  ),
  BooksDifference: object({
    cause: oneOf(CAUSES, "docs/books-check.md says what each means and what to do"),
    what: text("In words: which document, and the reason"),
    documents: listOf(text(), "Keys of the documents it is about: `invoice:1`"),
  }),
  BooksTotals: object({
    instance: text(),
    month: orNull(text(), "`2026-10`, by the day of the service; null: no day is known"),
    currency: text(),
    bookings: count(),
    differing: count("Bookings of these that differ"),
    ...FIGURE_SCHEMAS,
  }),
};
