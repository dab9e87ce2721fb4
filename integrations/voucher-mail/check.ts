import type { Booking, CheckContext } from "#sdk";

import { renderVoucher, templateName } from "./compose-mail.ts";
import type { VoucherMailConfig } from "./config.ts";
import { voucherData } from "./voucher-data.ts";

const SAMPLE: Booking = {
  connection: "sample",
  reference: "SAMPLE",
  version: 1,
  status: "confirmed",
  title: "Sample",
  customer: { name: "Sample Guest" },
};

/** Makes a voucher of nobody: a missing logo or a broken template shows before the first guest. */
export async function check(context: CheckContext<VoucherMailConfig>): Promise<string> {
  const { config, clock, mail, templates } = context;
  const connection = { id: "sample", name: "Sample", language: "en" };
  const workshop = { ...context, connection };
  await renderVoucher(SAMPLE, voucherData(SAMPLE, true), workshop, clock.now());
  const texts = await templates.texts(templateName(config), "en");
  const to = mail.isRehearsal ? "rehearsal, nothing goes to guests" : "live, mails go to guests";
  return `template ${config.template} with ${Object.keys(texts).length} texts; ${to}`;
}
