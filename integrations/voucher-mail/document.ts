import type { BookingDocument } from "#sdk";

import { renderVoucher } from "./compose-mail.ts";
import type { VoucherMailConfig } from "./config.ts";
import { recipientOf } from "./recipient.ts";
import { voucherData } from "./voucher-data.ts";

/** The voucher as the guest would get it now, on demand. A cancelled booking says so on it. */
export const voucherDocument: BookingDocument<VoucherMailConfig> = {
  id: "voucher",
  contentType: "application/pdf",
  render(booking, context) {
    const { seesPrices } = recipientOf(booking, context.config, { office: undefined });
    return renderVoucher(booking, voucherData(booking, seesPrices), context, context.clock.now());
  },
};
