import { booksFilters, booksTotalsFilters } from "../../books/books-pages.ts";
import { listing, type PathItem } from "./operation.ts";

const OWN_RECORDS =
  "By Bellhop's own records: no accounting system is asked; `bellhop books check` does. A page looks at " +
  "2,000 bookings at most";

/** Whether bookings and books agree. */
export const BOOKS_PATHS: Readonly<Record<string, PathItem>> = {
  "/books": {
    get: {
      ...listing("books", "Bookings beside the books", booksFilters, "BooksRow"),
      description: `${OWN_RECORDS}, so that it may be short, or empty, though there is a next one.`,
    },
  },
  "/books/totals": {
    get: {
      ...listing(
        "booksTotals",
        "What bookings come to, by month",
        booksTotalsFilters,
        "BooksTotals",
      ),
      description:
        `${OWN_RECORDS} and gives their sums, by month and currency; with a next page add them up. ` +
        "`limit` does nothing.",
    },
  },
};
