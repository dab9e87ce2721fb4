import { stringify } from "csv-stringify/sync";

import { byServiceDay } from "../books/candidates.ts";
import { type Prepayment, prepaymentOf } from "../books/opening-list.ts";
import { concerns } from "../dispatch/matches.ts";
import { formatAmount } from "../sdk/money.ts";
import { oneOfBooks } from "./books-instance.ts";
import type { BooksFormat } from "./books-report.ts";
import type { OpenBellhop } from "./open.ts";
import type { Shell } from "./shell.ts";
import { type Cells, plain, table } from "./table.ts";

export interface OpeningWanted {
  instance: string;
  /** `YYYY-MM-DD`; absent: the start date of the settings, else today. */
  date?: string;
  format: BooksFormat;
}

const HEADERS: Cells = ["BOOKING", "SERVICE", "HELD", "CUR", "CUSTOMER", "FOR"];
const COLUMNS: Cells = [
  "connection",
  "booking",
  "service_on",
  "held",
  "currency",
  "customer",
  "for",
];
/** Rows that are laid out as one table. */
const PAGE = 500;

/** Writes the money held for services to come when the books begin, per booking. */
export async function listOpening(
  shell: Shell,
  { db, handlers, workshop }: OpenBellhop,
  { instance: id, date, format }: OpeningWanted,
): Promise<void> {
  const instance = oneOfBooks(handlers, id);
  const { settings, when } = instance;
  const today = new Date(workshop.clock.now()).toISOString().slice(0, 10);
  const startDate = date ?? settings.startDate ?? today;
  const sums = new Map<string, { bookings: number; heldMinor: number }>();
  const writer = writerOf(shell, format);
  for await (const bookings of byServiceDay(db, {
    connections: when.connections,
    since: startDate,
  })) {
    const held = bookings
      .filter((booking) => concerns(when, booking))
      .flatMap((booking) => prepaymentOf(booking, settings, startDate) ?? []);
    for (const { currency, heldMinor } of held) {
      const sum = sums.get(currency) ?? { bookings: 0, heldMinor: 0 };
      sums.set(currency, { bookings: sum.bookings + 1, heldMinor: sum.heldMinor + heldMinor });
    }
    writer.add(held);
  }
  const totals = [...sums].map(([currency, { bookings, heldMinor }]) => ({
    ...{ currency, bookings },
    held: formatAmount({ amountMinor: heldMinor, currency }),
  }));
  writer.end(totals);
  if (format === "text") shell.write(hintOf(startDate, settings.startDate, totals.length));
}

interface Total {
  currency: string;
  bookings: number;
  held: string;
}

interface Writer {
  add(held: readonly Prepayment[]): void;
  end(totals: readonly Total[]): void;
}

function writerOf(shell: Shell, format: BooksFormat): Writer {
  if (format === "csv") {
    shell.write(stringify([], { header: true, columns: [...COLUMNS] }));
    return {
      add: (held) => shell.write(stringify(held.map(csvLine), { escape_formulas: true })),
      end: () => undefined,
    };
  }
  return format === "json" ? jsonWriter(shell) : textWriter(shell);
}

function jsonWriter({ write }: Shell): Writer {
  let isFirst = true;
  write('{ "data": [');
  return {
    add(held) {
      for (const one of held) {
        write(`${isFirst ? "" : ","}\n  ${JSON.stringify(presentOne(one))}`);
        isFirst = false;
      }
    },
    end: (totals) => write(`\n], "totals": ${JSON.stringify(totals)} }\n`),
  };
}

function textWriter({ write, columns }: Shell): Writer {
  const waiting: Prepayment[] = [];
  const flush = () => {
    const rows = waiting.splice(0).map((one) => {
      const { connection, reference, serviceOn = "", currency, party, title } = one;
      return [`${connection}/${reference}`, serviceOn, amountOf(one), currency, party, title];
    });
    if (rows.length > 0) write(table(HEADERS, rows, columns, HEADERS.slice(0, 4), ["HELD"]));
  };
  return {
    add(held) {
      waiting.push(...held);
      if (waiting.length >= PAGE) flush();
    },
    end(totals) {
      flush();
      for (const { currency, bookings, held } of totals) {
        write(
          `\nin all ${currency} ${held}, of ${bookings === 1 ? "1 booking" : `${bookings} bookings`}\n`,
        );
      }
    },
  };
}

function hintOf(date: string, startDate: string | undefined, currencies: number): string {
  const none = currencies === 0 ? `No money is held on ${date} for services to come.\n` : "";
  if (startDate === date)
    return `${none}\nThese books begin on ${date} and take exactly this over.\n`;
  return `${none}\nWith startDate: ${date} in the settings of the books exactly this is taken over.\n`;
}

function csvLine(one: Prepayment): Cells {
  const { connection, reference, serviceOn = "", currency, party, title } = one;
  return [
    connection,
    plain(reference),
    serviceOn,
    amountOf(one),
    currency,
    plain(party),
    plain(title),
  ];
}

function presentOne(one: Prepayment): object {
  const { heldMinor: minor, currency, serviceOn, ...rest } = one;
  return {
    ...rest,
    serviceOn: serviceOn ?? null,
    held: { amount: amountOf(one), minor, currency },
  };
}

function amountOf({ heldMinor: amountMinor, currency }: Prepayment): string {
  return formatAmount({ amountMinor, currency });
}
