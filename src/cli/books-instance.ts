import { type BooksInstance, booksInstances } from "../books/books-instances.ts";
import type { HandlerTable } from "../dispatch/handler-table.ts";
import { hint } from "../settings/config-problems.ts";

/** The books that a command is about. @throws Error that names what there is. */
export function booksNamed(handlers: HandlerTable, id: string | undefined): BooksInstance[] {
  const all = booksInstances(handlers);
  if (all.length === 0) {
    throw new Error(
      "no accounting integration is configured: add one under integrations in bellhop.yaml",
    );
  }
  if (id === undefined) return all;
  const found = all.filter((one) => one.id === id);
  if (found.length > 0) return found;
  const ids = all.map((one) => one.id);
  throw new Error(`no books are called ${id}: there are ${ids.join(", ")}${hint(id, ids)}`);
}

export function oneOfBooks(handlers: HandlerTable, id: string): BooksInstance {
  const [one] = booksNamed(handlers, id);
  if (!one) throw new Error(`no books are called ${id}`);
  return one;
}
