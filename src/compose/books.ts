import type { DependencyContainer } from "tsyringe";

import { BooksCheck } from "../books/books-check.ts";
import { ConnectedInstances } from "../connect/connected-instances.ts";
import { BookingDocuments } from "../dispatch/booking-documents.ts";
import { PauseStore } from "../dispatch/pause-store.ts";
import { EffectStore } from "../effects/effect-store.ts";
import { CLOCK, DATABASE, type Foundation, HTTP, LOG, once } from "./parts.ts";

/** What compares bookings with the books. */
export function registerBooks(c: DependencyContainer, { settings }: Foundation): void {
  once(
    c,
    BooksCheck,
    () =>
      new BooksCheck({
        db: c.resolve(DATABASE),
        effects: c.resolve(EffectStore),
        pauses: c.resolve(PauseStore),
        clock: c.resolve(CLOCK),
        log: c.resolve(LOG),
        http: c.resolve(HTTP),
        dataFolder: settings.dataFolder,
        tokensOf: (id) => c.resolve(ConnectedInstances).of(id),
        documents: c.resolve(BookingDocuments),
      }),
  );
}
