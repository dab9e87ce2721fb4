import { z } from "zod";

import type { Desk } from "./desk.ts";
import { asDecimal, asId } from "./wire.ts";

const InvoiceRow = {
  id: asId,
  state: z.string(),
  number: z.string().nullable(),
  total_amount: asDecimal,
};

export type InvoiceRecord = z.infer<z.ZodObject<typeof InvoiceRow>>;

/** By the name of our document, which is in Tryton's field `reference`. */
export async function findInvoice(number: string, desk: Desk): Promise<InvoiceRecord | undefined> {
  const domain = [
    ["type", "=", "out"],
    ["reference", "=", number],
    ["company", "=", desk.company.id],
    ["state", "!=", "cancelled"],
  ];
  const order = [["id", "ASC"]];
  const [row] = await desk.tryton.searchRead("account.invoice", domain, InvoiceRow, { order });
  return row;
}
