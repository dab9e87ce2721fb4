import { parseMoney } from "../money.ts";
import { percentOf } from "./amounts.ts";
import { type Desk, OPENING } from "./desk.ts";
import { standingLines } from "./invoices.ts";
import { isSold } from "./sale.ts";

/** Keeps income out of the books until the service, and lets it in then. */
export function defer(desk: Desk): void {
  const { sale, standing, facts } = desk;
  const isHeldBack = sale.policy === "invoice+defer" && isSold(facts.booking) && !desk.isServed;
  const wantedMinor = isHeldBack
    ? standingLines(desk)
        .filter(({ role }) => role === "revenue")
        .reduce((sum, { grossMinor, taxMinor }) => sum + grossMinor - taxMinor, 0)
    : 0;
  const deferredMinor = standing
    .ofKind("deferral")
    .reduce((sum, { totalMinor }) => sum + totalMinor, 0);
  const of = standing.ofKind("invoice").at(-1)?.key;
  if (wantedMinor === deferredMinor || of === undefined) return;
  const totalMinor = wantedMinor - deferredMinor;
  desk.write({ kind: "deferral", totalMinor, of }, desk.today);
}

/** What payment services keep of each payment. */
export function takeFees(desk: Desk): void {
  const { standing, facts } = desk;
  const charged = new Set(standing.ofKind("fee").map(({ of }) => of));
  for (const one of standing.money) {
    const { key, method, kind, totalMinor, currency, on } = one;
    const fee = method === undefined ? undefined : facts.settings.fees[method];
    if (!fee || method === undefined || method === OPENING) continue;
    if (kind === "refund" || charged.has(key)) continue;
    const fixedMinor = parseMoney(fee.fixed, currency).amountMinor;
    const feeMinor = percentOf(totalMinor, fee.percent) + fixedMinor;
    if (feeMinor > 0)
      desk.write({ kind: "fee", totalMinor: feeMinor, method, of: key, currency }, on);
  }
}

/** A few cents that are open when all is over. */
export function writeOff(desk: Desk): void {
  const { writeOffUpTo } = desk.facts.settings;
  if (writeOffUpTo === undefined || !desk.isServed) return;
  for (const { document, openMinor } of desk.standing.invoices) {
    const { key, currency, party, totalMinor } = document;
    const most = parseMoney(writeOffUpTo, currency).amountMinor;
    const isRest = openMinor > 0 && openMinor <= most && openMinor < totalMinor;
    if (!isRest) continue;
    desk.write({ kind: "write_off", totalMinor: openMinor, to: key, currency }, desk.today).party =
      party;
  }
}
