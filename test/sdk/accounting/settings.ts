import { z } from "zod";

import { accountingSettings } from "../../../src/sdk/accounting/settings.ts";

const Settings = z.strictObject(accountingSettings);

/** The kit's settings with their defaults. */
export function parseAccountingSettings(given: object): z.output<typeof Settings> {
  return Settings.parse(given);
}
