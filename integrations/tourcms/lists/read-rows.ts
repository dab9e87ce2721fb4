import type { FetchContext, ListQuestion } from "#sdk";

import { callApi } from "../client.ts";
import type { TourcmsConfig } from "../config.ts";
import { countOf, isFilled, listOf, textOf } from "../fields.ts";
import type { XmlElement } from "../xml.ts";

/** One of the lists of the API. */
export interface ListKind {
  path: string;
  /** The most that TourCMS gives at once. */
  perPage: number;
  /** The element that says how many rows there are on all pages. */
  totalName: string;
  listName: string;
  rowName: string;
}

/** A row, and the number of its booking. */
export interface Row {
  reference: string;
  element: XmlElement;
}

export interface RowsPage {
  rows: Row[];
  total?: number;
  isLast: boolean;
}

type Place = Pick<ListQuestion<unknown>, "part" | "page">;

/** One page of a list. TourCMS counts them from 1. */
export async function readRows(
  kind: ListKind,
  filters: Readonly<Record<string, string>>,
  { part, page }: Place,
  context: FetchContext<TourcmsConfig>,
): Promise<RowsPage> {
  const counting = { per_page: String(kind.perPage), page: String(page + 1) };
  const query = new URLSearchParams({ ...filters, ...counting }).toString();
  const root = await callApi(`${kind.path}?${query}`, part, context);
  // TourCMS calls a list without rows an error. Seen from here it is an answer.
  if (root === undefined) return { rows: [], total: 0, isLast: true };

  const elements =
    listOf(root, kind.listName, kind.rowName) ??
    root.children.filter(({ name }) => name === kind.rowName);
  const total = countOf(root, kind.totalName);
  const rows = ownRows(elements, context.config);
  const leftOut = elements.length - rows.length;
  if (leftOut > 0) {
    context.log.warn(
      { list: kind.path, channelId: part, leftOut },
      "TourCMS lists rows of another account, or without a booking number; they are left out",
    );
  }
  return {
    rows,
    // Rows that are left out are not waited for.
    ...(isFilled(total) && { total: Math.max(0, total - leftOut) }),
    isLast: elements.length === 0 || isLastPage(kind, page, total, elements.length),
  };
}

function isLastPage(
  { perPage }: ListKind,
  page: number,
  total: number | null | undefined,
  count: number,
): boolean {
  return isFilled(total) ? (page + 1) * perPage >= total : count < perPage;
}

/** Booking numbers mean nothing outside of their account, and go into the path of a look. */
function ownRows(elements: readonly XmlElement[], { accountId }: TourcmsConfig): Row[] {
  return elements.flatMap((element) => {
    const reference = textOf(element, "booking_id") ?? "";
    const account = textOf(element, "account_id");
    const isForeign = isFilled(account) && account !== accountId;
    return isForeign || !/^[0-9]{1,12}$/.test(reference) ? [] : [{ reference, element }];
  });
}

/** The channel to look a listed booking up with: its own where there is a key for it. */
export function fetchOfRow(
  { element }: Row,
  part: string,
  { channels }: TourcmsConfig,
): Record<string, string> {
  const own = textOf(element, "channel_id") ?? "";
  return { channelId: channels[own]?.apiKey === undefined ? part : own };
}
