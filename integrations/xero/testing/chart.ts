/** An organisation as Xero sets one up, with the accounts a tour operator needs. */
export const ACCOUNTS = [
  account("090", "Bank EUR", "BANK", { CurrencyCode: "EUR" }),
  account("091", "Card clearing", "BANK", { CurrencyCode: "EUR" }),
  account("092", "Cash box", "BANK", { CurrencyCode: "EUR" }),
  ...["USD", "JPY", "GBP", "NOK", "KWD"].map((currency, index) =>
    account(`09${index + 3}`, `Bank ${currency}`, "BANK", { CurrencyCode: currency }),
  ),
  account("200", "Sales", "REVENUE"),
  account("260", "Commission", "REVENUE"),
  account("404", "Bank fees", "OVERHEADS"),
  account("610", "Accounts Receivable", "CURRENT", { SystemAccount: "DEBTORS" }),
  account("820", "VAT", "CURRLIAB", { SystemAccount: "GST" }),
  account("830", "Deferred income", "CURRLIAB"),
  account("840", "Customer deposits", "CURRLIAB"),
  account("841", "Damage deposits", "CURRLIAB"),
  account("842", "Gift certificates", "CURRLIAB"),
  account("860", "Rounding", "EXPENSE", { SystemAccount: "ROUNDING" }),
  account("299", "Old sales", "REVENUE", { Status: "ARCHIVED" }),
];

export const TAX_RATES = [
  tax("OUTPUT2", "25% (VAT on Income)", 25),
  tax("OUTPUT12", "12% (VAT on Income)", 12),
  tax("OUTPUT21", "21% (VAT on Income)", 21),
  tax("OUTPUT10", "10% (VAT on Income)", 10),
  tax("OUTPUT5", "5% (VAT on Income)", 5),
  tax("NONE", "No VAT", 0),
  tax("OLD", "19% (old)", 19, "DELETED"),
];

/** Settings that fit them. */
export const SETTINGS = {
  clientId: "app",
  clientSecret: "app-secret",
  accounts: {
    clearing: {
      ...{ default: "090", card: "091", cash: "092" },
      ...{ "default USD": "093", "default JPY": "094", "default GBP": "095" },
      ...{ "card USD": "093", "card JPY": "094", "card GBP": "095", "card NOK": "096" },
      ...{ "default NOK": "096", "default KWD": "097", "card KWD": "097" },
    },
    ...{ revenue: "200", prepayments: "840", deferred: "830", fees: "404", commission: "260" },
    ...{ rounding: "860", damageDeposits: "841", giftCertificates: "842" },
  },
  taxTypes: {
    standard: "OUTPUT2",
    reduced: "OUTPUT12",
    "25": "OUTPUT2",
    "21": "OUTPUT21",
    "12": "OUTPUT12",
  },
};

export interface FakeAccount {
  Code: string;
  Name: string;
  Type: string;
  Status: string;
  CurrencyCode?: string;
  SystemAccount?: string;
  EnablePaymentsToAccount: boolean;
}

function account(
  Code: string,
  Name: string,
  Type: string,
  more: Partial<FakeAccount> = {},
): FakeAccount {
  return { Code, Name, Type, Status: "ACTIVE", EnablePaymentsToAccount: false, ...more };
}

function tax(TaxType: string, Name: string, EffectiveRate: number, Status = "ACTIVE") {
  return { TaxType, Name, EffectiveRate, DisplayTaxRate: EffectiveRate, Status };
}
