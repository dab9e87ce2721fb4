import type { BookingStatus } from "../sdk/booking.ts";
import type { Cause, Remark } from "./causes.ts";
import type { FiguresByCurrency } from "./figures.ts";

/** Something that keeps books and bookings apart. */
export interface BooksDifference {
  cause: Cause;
  /** For the accountant, in words: what, and why. */
  what: string;
  /** Keys of the documents it is about: `invoice:1`. */
  documents: readonly string[];
}

/** One booking in the books of one instance. */
export interface BooksRow {
  instance: string;
  connection: string;
  reference: string;
  status: BookingStatus;
  /** `YYYY-MM-DD`; its month is the period that the booking counts in. */
  serviceOn: string | undefined;
  amounts: FiguresByCurrency;
  /** Why figures are apart though nothing is wrong. */
  remarks: readonly Remark[];
  differences: readonly BooksDifference[];
}

export function monthOf({ serviceOn }: Pick<BooksRow, "serviceOn">): string {
  return serviceOn?.slice(0, 7) ?? "";
}
