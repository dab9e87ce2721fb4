import { stringify } from "csv-stringify/sync";

import { byServiceDay, countByServiceDay } from "../books/candidates.ts";
import { balancesOf } from "../books/entries-of.ts";
import { type Rehearsed, rehearse } from "../books/rehearse.ts";
import { concerns } from "../dispatch/matches.ts";
import type { AccountRole } from "../sdk/accounting/document.ts";
import { isNoted } from "../sdk/accounting/noted.ts";
import type { Booking } from "../sdk/booking.ts";
import { formatAmount } from "../sdk/money.ts";
import { createProgress } from "../simulate/progress.ts";
import { oneOfBooks } from "./books-instance.ts";
import type { BooksFormat } from "./books-report.ts";
import type { OpenBellhop } from "./open.ts";
import type { Shell } from "./shell.ts";
import { type Cells, plain, table } from "./table.ts";

export interface PlanWanted {
  instance: string;
  /** `2026-10-01`, `2026-10-31` */
  first: string;
  last: string;
  format: BooksFormat;
}

/** Services so long before the month may still have payments in it. */
const MONTHS_BEFORE = 3;
const MOST_LINES = 200;

interface Line extends Rehearsed {
  connection: string;
  reference: string;
}

/** Writes what would be posted in a month, as if nothing had been. Nothing is. */
export async function planBooks(
  shell: Shell,
  bellhop: OpenBellhop,
  wanted: PlanWanted,
): Promise<void> {
  const { format, first, last } = wanted;
  const instance = oneOfBooks(bellhop.handlers, wanted.instance);
  const time = { connections: instance.when.connections, since: monthsBefore(first) };
  const total = await countByServiceDay(bellhop.db, time);
  const writer = writerOf(shell, format);
  const { isTerminal, columns, writeError: write } = shell;
  const progress = createProgress("bookings", { isTTY: isTerminal, columns, write });
  let finished = 0;
  for await (const bookings of byServiceDay(bellhop.db, time)) {
    for (const booking of bookings.filter((one) => concerns(instance.when, one))) {
      const { documents, fault } = rehearse(booking, instance.settings, last);
      writer.add(
        documents
          .filter(({ document }) => document.on >= first && document.on <= last)
          .map((one) => ({ ...one, ...placeOf(booking) })),
      );
      if (fault !== undefined) writer.fault(booking, fault);
    }
    finished += bookings.length;
    progress.update({ finished, total: Math.max(finished, total) });
  }
  progress.end();
  writer.end(
    `${instance.id}: documents of ${first} to ${last}, policy ${instance.settings.policy}`,
  );
  shell.writeError("Nothing was posted.\n");
}

function placeOf({ connection, reference }: Booking) {
  return { connection, reference };
}

function monthsBefore(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() - MONTHS_BEFORE);
  return at.toISOString().slice(0, 10);
}

interface Writer {
  add(lines: readonly Line[]): void;
  fault(booking: Booking, fault: string): void;
  end(title: string): void;
}

const HEADERS: Cells = ["DAY", "BOOKING", "DOCUMENT", "AMOUNT", "CUR", "NOTE"];
const COLUMNS: Cells = ["day", "connection", "booking", "document", "amount", "currency", "note"];

function writerOf(shell: Shell, format: BooksFormat): Writer {
  const [sums, faults] = [new PlanSums(), [] as string[]];
  const shown: Line[] = [];
  let count = 0;
  if (format === "csv") shell.write(stringify([], { header: true, columns: [...COLUMNS] }));
  if (format === "json") shell.write('{ "data": [');
  return {
    add(lines) {
      for (const line of lines) {
        sums.add(line);
        if (format === "json") {
          shell.write(`${count === 0 ? "" : ","}\n  ${JSON.stringify(presentLine(line))}`);
        } else if (format === "text" && shown.length < MOST_LINES) shown.push(line);
        count += 1;
      }
      if (format === "csv") {
        shell.write(stringify(lines.map(csvLine), { escape_formulas: true }));
      }
    },
    fault: ({ connection, reference }, fault) =>
      void faults.push(`${connection}/${reference}: ${fault}`),
    end(title) {
      if (format === "json") shell.write(`\n], "totals": ${JSON.stringify(sums.totals())} }\n`);
      if (format === "text")
        shell.write(planText(title, { shown, count, sums, columns: shell.columns }));
      for (const line of faults) shell.writeError(`cannot be booked: ${plain(line)}\n`);
    },
  };
}

interface PlanText {
  shown: readonly Line[];
  count: number;
  sums: PlanSums;
  columns: number;
}

function planText(title: string, { shown, count, sums, columns }: PlanText): string {
  if (count === 0) return `${title}\nThere would be none.\n`;
  const rows = shown.map(({ on, connection, reference, document, note = "" }) => [
    ...[on, `${connection}/${reference}`, document.key.replace("_", " ")],
    ...[formatAmount(moneyOf(document)), document.currency, note],
  ]);
  const whole = HEADERS.slice(0, -1);
  const more =
    count > shown.length ? `and ${count - shown.length} more: --format csv has them all\n` : "";
  const totals = sums.totals();
  const kinds = totals.documents.map(({ kind, currency, count: some, amount }) => [
    kind,
    String(some),
    amount,
    currency,
  ]);
  const accounts = totals.accounts.map(({ account, debit, credit, currency }) => [
    account,
    debit,
    credit,
    currency,
  ]);
  return [
    `${title}\n\n${table(HEADERS, rows, columns, whole, ["AMOUNT"])}${more}\n`,
    `${table(["IN ALL", "COUNT", "AMOUNT", "CUR"], kinds, columns, [], ["COUNT", "AMOUNT"])}\n`,
    table(["ACCOUNT", "DEBIT", "CREDIT", "CUR"], accounts, columns, [], ["DEBIT", "CREDIT"]),
  ].join("");
}

function csvLine({ on, connection, reference, document, note = "" }: Line): Cells {
  const amount = formatAmount(moneyOf(document));
  return [on, connection, plain(reference), document.key, amount, document.currency, plain(note)];
}

function presentLine({ on, connection, reference, document, note }: Line): object {
  const amount = {
    amount: formatAmount(moneyOf(document)),
    minor: document.totalMinor,
    currency: document.currency,
  };
  return { on, connection, reference, document: document.key, amount, note: note ?? null };
}

function moneyOf({ totalMinor: amountMinor, currency }: Line["document"]) {
  return { amountMinor, currency };
}

/** How many documents of each kind, and what they do to the accounts. */
class PlanSums {
  readonly #kinds = new Map<string, { count: number; minor: number }>();
  readonly #accounts = new Map<string, number>();

  add({ document }: Line): void {
    const { kind, currency, totalMinor } = document;
    const key = `${kind}|${currency}`;
    const { count, minor } = this.#kinds.get(key) ?? { count: 0, minor: 0 };
    this.#kinds.set(key, { count: count + 1, minor: minor + totalMinor });
    if (isNoted(document)) return;
    for (const [role, amount] of Object.entries(balancesOf([document]))) {
      const account = `${role as AccountRole}|${currency}`;
      this.#accounts.set(account, (this.#accounts.get(account) ?? 0) + amount);
    }
  }

  totals() {
    const documents = [...this.#kinds].map(([key, { count, minor }]) => {
      const [kind = "", currency = ""] = key.split("|");
      return {
        kind: kind.replace("_", " "),
        currency,
        count,
        amount: formatAmount({ amountMinor: minor, currency }),
      };
    });
    const accounts = [...this.#accounts].map(([key, minor]) => {
      const [account = "", currency = ""] = key.split("|");
      const amount = formatAmount({ amountMinor: Math.abs(minor), currency });
      return { account, currency, debit: minor > 0 ? amount : "", credit: minor < 0 ? amount : "" };
    });
    return { documents, accounts };
  }
}
