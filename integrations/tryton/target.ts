import type { AccountingTarget, Posted, Posting, TargetContext } from "#sdk/accounting";

import { postAdjustment, type Adjustment } from "./adjustments.ts";
import { atDesk } from "./at-desk.ts";
import { attach } from "./attach.ts";
import type { TrytonConfig } from "./config.ts";
import { openDesk, type Desk } from "./desk.ts";
import type { InvoiceDocument } from "./invoice-lines.ts";
import { postInvoice } from "./invoice.ts";
import { readBooks } from "./read.ts";
import { postedBy } from "./reference.ts";
import { postMoney, type MoneyDocument } from "./settlement.ts";

export const trytonTarget: AccountingTarget<TrytonConfig> = {
  // Numbers of invoices are in the order in which they are posted, and on SQLite nothing else keeps
  // two of them apart.
  atOnce: 1,
  async post(posting, context) {
    return atDesk(context, async (desk) => {
      const posted = await postOne(posting, desk);
      if (posting.document.kind === "invoice") await attachVoucher(posting, posted, context, desk);
      return posted;
    });
  },
  async read(prefix, currency, context) {
    return readBooks(prefix, currency, await openDesk(context));
  },
};

/**
 * Every document is looked for by its number before it is written, whether or not an earlier try is
 * known of: it costs a hundredth of a second, and a ledger that was lost makes no second invoice.
 */
async function postOne(posting: Posting, desk: Desk): Promise<Posted> {
  switch (posting.document.kind) {
    case "invoice":
    case "credit_note":
      return postInvoice(posting as Posting<InvoiceDocument>, desk);
    case "payment":
    case "deposit":
    case "refund":
    case "application":
    case "write_off":
      return postedBy(await postMoney(posting as Posting<MoneyDocument>, desk), desk);
    case "deferral":
    case "fee":
    case "takings":
      return postedBy(await postAdjustment(posting as Posting<Adjustment>, desk), desk);
  }
}

/** What the guest has got, beside the invoice of it. */
async function attachVoucher(
  { booking }: Posting,
  { externalId }: Posted,
  context: TargetContext<TrytonConfig>,
  desk: Desk,
): Promise<void> {
  if (!booking || !context.config.attachDocuments) return;
  const file = await context.documentOf(booking, "voucher");
  if (file) await attach(externalId, file.filename, file.content, desk);
}
