import { stringify } from "csv-stringify/sync";

import { CAUSE_WORDS, CAUSES, REMARK_WORDS } from "../books/causes.ts";
import { type Figure, FIGURES } from "../books/figures.ts";
import { presentRow, presentTotals } from "../books/present.ts";
import { type BooksRow, monthOf } from "../books/row.ts";
import { type BooksTotals, overall, type PeriodTotals } from "../books/totals.ts";
import { formatAmount } from "../sdk/money.ts";
import type { Shell } from "./shell.ts";
import { type Cells, plain, table } from "./table.ts";

export const BOOKS_FORMATS = ["text", "csv", "json"] as const;
export type BooksFormat = (typeof BOOKS_FORMATS)[number];

/** Writes bookings as they come, and totals at the end. */
export interface BooksReport {
  rows(rows: readonly BooksRow[]): void;
  end(totals: BooksTotals): void;
}

export function booksReport(shell: Shell, format: BooksFormat, title: string): BooksReport {
  if (format === "csv") return csvReport(shell);
  return format === "json" ? jsonReport(shell) : textReport(shell, title);
}

const COLUMNS: Cells = [
  ...["instance", "connection", "booking", "status", "service_on", "month", "currency"],
  ...FIGURES.map((figure) => figure.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
  ...["remarks", "causes", "differences"],
];

/** A line for each booking and currency. */
function csvReport({ write }: Shell): BooksReport {
  write(stringify([], { header: true, columns: [...COLUMNS] }));
  return {
    rows(rows) {
      const lines = rows.filter(isShown).flatMap(csvLines);
      // What a plug-in or a booking system says must not be a formula in a spreadsheet.
      write(stringify(lines, { columns: [...COLUMNS], escape_formulas: true }));
    },
    end: () => undefined,
  };
}

function csvLines(row: BooksRow): Cells[] {
  const { instance, connection, reference, status, serviceOn = "", amounts } = row;
  const { remarks, differences } = row;
  const currencies = Object.entries(amounts);
  const named = differences.map(({ cause, what }) => `${CAUSE_WORDS[cause].short}: ${plain(what)}`);
  const end = [
    remarks.map((remark) => REMARK_WORDS[remark]).join("; "),
    [...new Set(differences.map(({ cause }) => cause))].join("; "),
    named.join("; "),
  ];
  const start = [instance, connection, plain(reference), status, serviceOn, monthOf(row)];
  if (currencies.length === 0) return [[...start, "", ...FIGURES.map(() => ""), ...end]];
  return currencies.map(([currency, figures]) => [
    ...[...start, currency],
    ...FIGURES.map((figure) => formatAmount({ amountMinor: figures[figure], currency })),
    ...end,
  ]);
}

/** Quotes and the like, which come to nothing, are no lines for an accountant. */
function isShown({ amounts, differences }: BooksRow): boolean {
  const figures = Object.values(amounts).flatMap((one) => Object.values(one));
  return differences.length > 0 || figures.some((minor) => minor !== 0);
}

/** One document, a booking to a line. */
function jsonReport({ write }: Shell): BooksReport {
  let isFirst = true;
  write('{ "data": [');
  return {
    rows(rows) {
      for (const row of rows.filter(isShown)) {
        write(`${isFirst ? "" : ","}\n  ${JSON.stringify(presentRow(row))}`);
        isFirst = false;
      }
    },
    end(totals) {
      const lines = totals.periods().map((one) => `\n  ${JSON.stringify(presentTotals(one))}`);
      write(`\n], "totals": [${lines.join(",")}\n] }\n`);
    },
  };
}

/** Lines of differences that a person reads; a spreadsheet takes them all. */
const MOST_LINES = 200;

function textReport(shell: Shell, title: string): BooksReport {
  const lines: string[] = [];
  let leftOff = 0;
  return {
    rows(rows) {
      for (const row of rows) {
        for (const one of differenceLines(row)) {
          if (lines.length < MOST_LINES) lines.push(wrapped(one, shell.columns));
          else leftOff += 1;
        }
      }
    },
    end(totals) {
      shell.write(`${title}\n${summaryOf(totals)}\n\n`);
      const periods = totals.periods();
      if (periods.length > 0) shell.write(`${totalsText(periods, shell.columns)}\n`);
      for (const line of lines) shell.write(`${line}\n`);
      if (leftOff > 0) shell.write(`and ${leftOff} more: --format csv has them all\n`);
      shell.write(legendOf(totals, shell.columns));
    },
  };
}

function differenceLines({ connection, reference, differences }: BooksRow): string[] {
  return differences.map(({ cause, what }) =>
    plain(`${connection}/${reference}  ${CAUSE_WORDS[cause].short}: ${what}`),
  );
}

function summaryOf({ bookings, causes, differences }: BooksTotals): string {
  const counted = bookings === 1 ? "1 booking" : `${bookings} bookings`;
  if (differences === 0) return `${counted}: books and bookings agree.`;
  const named = CAUSES.flatMap((cause) => {
    const count = causes.get(cause);
    return count === undefined ? [] : [`${count} ${CAUSE_WORDS[cause].short}`];
  });
  return `${counted}, differences: ${named.join(", ")}.`;
}

/** Of each cause that came up, what it means and what to do. */
function legendOf({ causes }: BooksTotals, columns: number): string {
  const lines = CAUSES.filter((cause) => causes.has(cause)).map((cause) => {
    const { short, long } = CAUSE_WORDS[cause];
    return `${wrapped(`${short}: ${long}`, columns)}\n`;
  });
  return lines.length === 0 ? "" : `\n${lines.join("")}`;
}

const FIGURE_WORDS: Readonly<Record<Figure, string>> = {
  booked: "BOOKED",
  posted: "POSTED",
  elsewhere: "ELSEWHERE",
  notDue: "NOT DUE",
  unposted: "NOT POSTED",
  paid: "PAID",
  received: "RECEIVED",
  unreceived: "NOT RECEIVED",
  open: "OPEN",
  held: "HELD",
};

const ALWAYS: readonly Figure[] = ["booked", "posted", "paid", "received"];

/** A table, or where that is too wide for the terminal a short list for each period. */
export function totalsText(periods: readonly PeriodTotals[], columns: number): string {
  const all = [...periods, ...overall(periods)];
  const shown = FIGURES.filter(
    (figure) => ALWAYS.includes(figure) || all.some(({ figures }) => figures[figure] !== 0),
  );
  const hasSeveral = new Set(all.map(({ instance }) => instance)).size > 1;
  const headers = [
    ...(hasSeveral ? ["BOOKS"] : []),
    ...["MONTH", "CUR", "BOOKINGS", "DIFFER"],
    ...shown.map((figure) => FIGURE_WORDS[figure]),
  ];
  const rows = all.map((one) => [
    ...(hasSeveral ? [one.instance] : []),
    ...[one.month || "no day", one.currency, String(one.bookings), String(one.differing)],
    ...shown.map((figure) => amountOf(one, figure)),
  ]);
  const right = headers.slice(headers.indexOf("CUR") + 1);
  const text = table(headers, rows, Infinity, headers, right);
  const isFitting = text.split("\n").every((line) => line.length <= columns);
  return isFitting ? text : all.map((one) => blockOf(one, shown)).join("");
}

function blockOf(one: PeriodTotals, shown: readonly Figure[]): string {
  const { instance, month, currency, bookings, differing } = one;
  const amounts = shown.map((figure) => [
    FIGURE_WORDS[figure].toLowerCase(),
    amountOf(one, figure),
  ]);
  const width = Math.max(...amounts.map(([, amount = ""]) => amount.length));
  const lines = amounts.map(
    ([name = "", amount = ""]) => `  ${name.padEnd(14)}${amount.padStart(width)}\n`,
  );
  const head = `${instance}, ${month || "no day"}, ${currency}: ${bookings} bookings, ${differing} differ\n`;
  return head + lines.join("");
}

function amountOf({ figures, currency }: PeriodTotals, figure: Figure): string {
  return formatAmount({ amountMinor: figures[figure], currency });
}

const INDENT = "    ";

/** In lines of the terminal's width; what goes on is indented. */
function wrapped(text: string, columns: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<=\s)(?=\S)/)) {
    if (line.trim() !== "" && (line + word).trimEnd().length > columns) {
      lines.push(line.trimEnd());
      line = INDENT;
    }
    line += word;
  }
  return [...lines, line.trimEnd()].join("\n");
}
