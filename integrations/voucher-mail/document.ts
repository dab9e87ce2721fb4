import { type BookingDocument, recipientOf } from "#sdk";

import { renderVoucher } from "./compose-mail.ts";
import type { VoucherMailConfig } from "./config.ts";
import { maySeePrices } from "./may-see-prices.ts";
import { voucherData } from "./voucher-data.ts";

/** The voucher as the guest would get it now, on demand. A cancelled booking says so on it. */
export const voucherDocument: BookingDocument<VoucherMailConfig> = {
  id: "voucher",
  contentType: "application/pdf",
  render(booking, context) {
    const { config, clock } = context;
    const { reader } = recipientOf(booking, config.agents, { office: undefined });
    const data = voucherData(booking, maySeePrices(booking, reader, config));
    return renderVoucher(booking, data, context, clock.now());
  },
};
