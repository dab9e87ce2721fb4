import { ConfigurationError } from "#sdk";
import type { AccountRole, DocumentLine } from "#sdk/accounting";

import type { XeroClient } from "./client.ts";
import type { XeroConfig } from "./config.ts";
import { Account } from "./shapes.ts";

/** What a line can be booked to. Receivables and tax are Xero's own accounts and take no lines. */
export type LineAccount = Exclude<AccountRole, "receivable" | "tax" | "clearing">;

export const NO_TAX = "NONE";

/** @throws ConfigurationError when the settings name none. */
export function accountCode({ accounts }: XeroConfig, role: LineAccount): string {
  const code = accounts[role];
  if (code !== undefined) return code;
  throw new ConfigurationError(`accounts.${role}: no account in Xero is set for it: add its code`);
}

/**
 * The bank account that money of a method passes through. Only bank accounts take payments and
 * receipts alike; one in another currency than its own is what `stripe USD` is for.
 */
export function clearingCode(
  { accounts: { clearing } }: XeroConfig,
  method: string | undefined,
  currency: string,
): string {
  const names = method === undefined ? ["default"] : [method, "default"];
  const code = names
    .flatMap((name) => [clearing[`${name} ${currency}`], clearing[name]])
    .find((one) => one !== undefined);
  if (code !== undefined) return code;
  throw new ConfigurationError("accounts.clearing: no account for `default` is set: add its code");
}

/** @throws ConfigurationError when a tax of the booking has no tax type. */
export function taxType(
  { taxTypes, taxes }: XeroConfig,
  { taxCode, ratePercent }: Pick<DocumentLine, "taxCode" | "ratePercent">,
): string {
  const names = [taxCode, ratePercent].filter((name) => name !== undefined);
  if (names.length === 0) return taxTypes["none"] ?? NO_TAX;
  const type = names.map((name) => taxTypes[name]).find((one) => one !== undefined);
  if (type !== undefined) return type;
  // Of a margin no tax is shown, whatever is owed of it in the end.
  if (taxes[taxCode ?? ""]?.scheme === "margin") return taxTypes["none"] ?? NO_TAX;
  const name = names.join(" or ");
  throw new ConfigurationError(`taxTypes: no tax type of Xero is set for ${name}: add it`);
}

/** Which role an account stands for: the other way round, to read the books. */
export function roleOf({ accounts }: XeroConfig, code: string | undefined): AccountRole {
  const { clearing, ...others } = accounts;
  const found = Object.entries(others).find(([, one]) => one === code)?.[0];
  if (found !== undefined) return found as LineAccount;
  // What a person has moved to another account is income all the same, as far as we can tell.
  return Object.values(clearing).includes(code ?? "") ? "clearing" : "revenue";
}

/** Asked once: what currency an account is in never changes. Lost at a restart. */
const currencies = new WeakMap<XeroConfig, Promise<Map<string, string>>>();

/**
 * Xero books what a bank account receives in the account's own currency, whatever it is told.
 *
 * @throws ConfigurationError when that is another one.
 */
export async function checkCurrency(
  client: XeroClient,
  config: XeroConfig,
  code: string,
  currency: string,
): Promise<void> {
  const asking = currencies.get(config) ?? bankCurrencies(client);
  currencies.set(config, asking);
  try {
    const actual = (await asking).get(code);
    if (actual === undefined || actual === currency) return;
    throw new ConfigurationError(
      `accounts.clearing: bank account ${code} is in ${actual}: add one in ${currency}, as \`default ${currency}\``,
    );
  } catch (error) {
    currencies.delete(config); // whatever was wrong may be put right in Xero
    throw error;
  }
}

async function bankCurrencies(client: XeroClient): Promise<Map<string, string>> {
  const call = { method: "GET", path: "Accounts", query: { where: 'Type=="BANK"' } } as const;
  const accounts = await client.read(call, "Accounts", Account);
  return new Map(
    accounts.flatMap(({ Code, CurrencyCode }) =>
      Code === undefined || CurrencyCode === undefined ? [] : [[Code, CurrencyCode] as const],
    ),
  );
}
