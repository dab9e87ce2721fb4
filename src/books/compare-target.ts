import type { AccountingDocument, AccountRole } from "../sdk/accounting/document.ts";
import { Standing } from "../sdk/accounting/issued.ts";
import type { BooksDocument, BooksView } from "../sdk/accounting/target.ts";
import { formatAmount } from "../sdk/money.ts";
import type { Cause } from "./causes.ts";
import { balancesOf } from "./entries-of.ts";
import type { BooksDifference } from "./row.ts";

/** A document that our ledger tells of, as the target was given it. */
export interface PostedDocument {
  document: AccountingDocument;
  /** Nobody knows yet whether it got through. */
  isOpen: boolean;
  /** What the target's own arithmetic differed by. */
  roundingMinor: number;
}

/**
 * What the target holds of a booking against what our ledger says it holds.
 *
 * @param prefix What the numbers of the booking's documents begin with: `fjord/1201/`
 */
export function compareWithTarget(
  prefix: string,
  posted: readonly PostedDocument[],
  view: BooksView,
): BooksDifference[] {
  const there = new Map(view.documents.map((one) => [one.number.slice(prefix.length), one]));
  const here = new Set(posted.map(({ document }) => document.key));
  const differences = [
    ...posted.flatMap((one) => documentDifference(one, there.get(one.document.key))),
    ...view.documents.flatMap(({ number, kind }) => {
      const key = number.slice(prefix.length);
      const what = `${key.replace("_", " ")} is there, and our ledger knows of no such ${kind.replace("_", " ")}`;
      return here.has(key) ? [] : [difference("unknown_in_target", what, key)];
    }),
  ];
  // Balances follow from the documents: what is said of those is not said twice.
  const isApart = differences.some(({ cause }) => cause !== "draft_in_target");
  return isApart || posted.some(({ isOpen }) => isOpen)
    ? differences
    : [...differences, ...handWork(posted, view, there)];
}

function documentDifference(
  { document, isOpen }: PostedDocument,
  there: BooksDocument | undefined,
): BooksDifference[] {
  const { key, totalMinor, currency } = document;
  const name = key.replace("_", " ");
  if (!there) {
    const what = `${name} over ${amount(totalMinor, currency)} is not there any more`;
    // What was only begun is told of by its job.
    return isOpen ? [] : [difference("missing_in_target", what, key)];
  }
  if (there.totalMinor !== totalMinor) {
    const what = `${name}: ${amount(there.totalMinor, currency)} there, ${amount(totalMinor, currency)} posted`;
    return [difference("changed_in_target", what, key)];
  }
  if (!there.isDraft) return [];
  return [difference("draft_in_target", `${name} is a draft and does not count`, key)];
}

/** Payments registered there by hand, and amounts moved to other accounts. */
function handWork(
  posted: readonly PostedDocument[],
  view: BooksView,
  there: ReadonlyMap<string, BooksDocument>,
): BooksDifference[] {
  const documents = posted.map(({ document }) => document);
  const paid = new Standing(documents).invoices.flatMap(({ document, openMinor }) => {
    const { key, currency } = document;
    const found = there.get(key)?.openMinor;
    if (found === undefined || found === openMinor) return [];
    const what = `${key} is open with ${amount(found, currency)} there, ${amount(openMinor, currency)} by our ledger`;
    return [difference("changed_in_target", what, key)];
  });
  if (paid.length > 0) return paid;
  const counting = posted.filter(({ document }) => there.get(document.key)?.isDraft !== true);
  return accountDifferences(counting, view);
}

function accountDifferences(
  posted: readonly PostedDocument[],
  { balances }: BooksView,
): BooksDifference[] {
  const [currency, ...others] = new Set(posted.map(({ document }) => document.currency));
  const isRounded = posted.some(({ roundingMinor }) => roundingMinor !== 0);
  if (currency === undefined || others.length > 0 || isRounded) return [];
  const apart = rolesApart(balancesOf(posted.map(({ document }) => document)), balances);
  if (apart.length === 0) return [];
  const words = apart.map(
    ([role, found, wanted]) =>
      `${role} ${amount(found, currency)} there, ${amount(wanted, currency)} posted`,
  );
  return [difference("changed_in_target", `other accounts: ${words.join("; ")}`)];
}

type Balances = BooksView["balances"];

function rolesApart(wanted: Balances, found: Balances): [AccountRole, number, number][] {
  const roles = [...new Set([...Object.keys(wanted), ...Object.keys(found)])] as AccountRole[];
  const apart = new Map(
    roles
      .map((role) => [role, (found[role] ?? 0) - (wanted[role] ?? 0)] as const)
      .filter(([, difference]) => difference !== 0),
  );
  // One account may serve two purposes: then all of the one is found under the other.
  for (const role of roles.filter((one) => found[one] === undefined && one !== "clearing")) {
    const missing = apart.get(role);
    const into = roles.find((one) => one !== "clearing" && apart.get(one) === -(missing ?? 0));
    if (missing === undefined || into === undefined) continue;
    apart.delete(role);
    apart.delete(into);
  }
  return [...apart.keys()].map((role) => [role, found[role] ?? 0, wanted[role] ?? 0]);
}

function difference(cause: Cause, what: string, ...documents: string[]): BooksDifference {
  return { cause, what, documents };
}

function amount(amountMinor: number, currency: string): string {
  return `${currency} ${formatAmount({ amountMinor, currency })}`;
}
