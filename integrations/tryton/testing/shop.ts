import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { HttpClient } from "#sdk";
import type { TargetContext } from "#sdk/accounting";
import { checkContext, memoryLog, nothingElse } from "#sdk/testing";

import type { Tryton } from "../client.ts";
import { TrytonConfig } from "../config.ts";
import { readCompany } from "../books.ts";
import { serve, type ServeOptions } from "./server.ts";
import { BELLHOP_PASSWORD, connect } from "./set-up.ts";
import { ADMIN_PASSWORD, templateFolder } from "./template.ts";

/** A Tryton of a test file's own, set up as the README says. */
export interface Shop {
  url: string;
  /** The bookkeeper, who may do more than Bellhop. */
  admin: Tryton;
  logLines: readonly string[];
  config(parts?: Record<string, unknown>): TrytonConfig;
  context(parts?: Record<string, unknown>, http?: HttpClient): TargetContext<TrytonConfig>;
  close(): Promise<void>;
}

/** Names of the accounts as `set-up.ts` makes them. */
export const SETTINGS = {
  database: "bellhop",
  user: "bellhop",
  password: BELLHOP_PASSWORD,
  accounts: {
    deferred: "Deferred Revenue",
    fees: "6270",
    commission: "Commission Given",
    rounding: "Rounding",
    exchange: "Exchange Differences",
    damageDeposits: "Damage Deposits",
    giftCertificates: "Gift Certificates",
    clearing: { card: "Card Clearing" },
  },
  taxNames: { standard: "VAT 21%", reduced: "VAT 10%", zero: "VAT exempt" },
};

/** As a CRM alone: nothing of the books is named. */
export const CRM_SETTINGS = {
  ...{ database: "bellhop", user: "frontdesk", password: BELLHOP_PASSWORD },
  ...{ books: false, contacts: true },
};

export async function openShop(options: Omit<ServeOptions, "folder"> = {}): Promise<Shop> {
  const template = await templateFolder();
  const folder = mkdtempSync(join(tmpdir(), "bellhop-tryton-"));
  copyFileSync(join(template, "bellhop.sqlite"), join(folder, "bellhop.sqlite"));
  const server = await serve({ folder, ...options });
  return shopAt(server.url, async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
}

export async function shopAt(url: string, close: () => Promise<void>): Promise<Shop> {
  const log = memoryLog();
  const config = (parts: Record<string, unknown> = {}) =>
    TrytonConfig.parse({ ...SETTINGS, url, ...parts });
  const free = connect(url, "admin", ADMIN_PASSWORD);
  const company = await readCompany(free);
  return {
    url,
    admin: free.within({ company: company.id }),
    logLines: log.lines,
    config,
    context: (parts, http) => ({
      ...nothingElse,
      ...checkContext(config(parts), { log, ...(http && { http }) }),
    }),
    close,
  };
}
