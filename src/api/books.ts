import { presentRow, presentTotals } from "../books/present.ts";
import { type BooksInstance, booksInstances } from "../books/books-instances.ts";
import { booksPage, booksTotalsPage } from "../books/books-pages.ts";
import type { AccountStores } from "../books/read-accounts.ts";
import type { HandlerTable } from "../dispatch/handler-table.ts";
import type { Route } from "./route.ts";

export interface BooksRouteParts {
  books: AccountStores;
  handlers: HandlerTable;
}

/** Bookings beside the books, by our own records: no accounting system is asked. */
export function booksRoutes(parts: BooksRouteParts): Route[] {
  const instances = (): BooksInstance[] => booksInstances(parts.handlers);
  return [
    {
      method: "get",
      path: "/books",
      async answer({ query }) {
        const { rows, next } = await booksPage(parts.books, instances(), query);
        return { data: rows.map(presentRow), next };
      },
    },
    {
      method: "get",
      path: "/books/totals",
      async answer({ query }) {
        const { rows, next } = await booksTotalsPage(parts.books, instances(), query);
        return { data: rows.map(presentTotals), next };
      },
    },
  ];
}
