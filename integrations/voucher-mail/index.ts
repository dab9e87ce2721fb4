import { defineIntegration } from "#sdk";

import { check } from "./check.ts";
import { VoucherMailConfig } from "./config.ts";
import { voucherDocument } from "./document.ts";
import { sendVoucher } from "./handlers/send-voucher.ts";

export default defineIntegration({
  manifest: { id: "voucher-mail", name: "Voucher by mail" },
  config: VoucherMailConfig,
  handlers: [sendVoucher],
  documents: [voucherDocument],
  check,
});
