import {
  AccountingDesk,
  checkContext,
  item,
  paid,
  priced,
  type SeeStep,
  storyBooking,
} from "#sdk/testing";

import integration from "../index.ts";

/** Books of a test, kept through the handlers as Bellhop runs them. */
export interface SampleBooks {
  desk: AccountingDesk<ReturnType<typeof integration.config.parse>>;
  /** `YYYY-MM-DD`, at noon. */
  day(date: string): void;
  see(reference: string, see: SeeStep["see"]): Promise<void>;
}

export function sampleBooks(dataFolder: string, settings: object = {}): SampleBooks {
  const config = integration.config.parse(settings);
  const { http } = checkContext({});
  const desk = new AccountingDesk({ integration, config, http, dataFolder });
  let version = 0;
  return {
    desk,
    day: (date) => {
      desk.nowMs = Date.parse(`${date}T12:00:00Z`);
    },
    see: (reference, see) => {
      version += 1;
      return desk.see({ booking: storyBooking(reference, version, see) });
    },
  };
}

/** What the commands of the README are shown on: two walks and a cancelled one. */
export async function writeReadmeBooks(dataFolder: string): Promise<void> {
  const books = sampleBooks(dataFolder, {
    taxes: { standard: { ratePercent: "25" }, reduced: { ratePercent: "12", products: ["bus"] } },
  });
  const april = {
    title: "Glacier walk",
    start: { date: "2026-04-18", time: "09:00", timeZone: "Europe/Oslo" },
    ...priced(item("240.00"), item("56.00", { id: "2", name: "Bus", productId: "bus" })),
  };
  books.day("2026-03-03");
  await books.see("1201", { payments: paid("50.00") });
  await books.see("1202", { ...april, payments: paid("296.00") });
  await books.see("1203", { payments: paid("180.00") });
  books.day("2026-03-05");
  await books.see("1203", { status: "cancelled", payments: paid("180.00", "-140.00") });
  books.day("2026-03-14");
  await books.see("1201", { payments: paid("50.00") });
  books.day("2026-04-18");
  await books.see("1202", { ...april, payments: paid("296.00") });
}
