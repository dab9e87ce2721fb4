import { type AccountingStory, item, money, paid, priced, SERVICE_DAY } from "./story.ts";

const INVOICE = { policy: "invoice" };

const agency = (id: string) => ({ id, name: `Agency ${id}`, email: `desk.${id}@example.com` });
const sold = (id: string) => ({
  agent: agency(id),
  balanceOwedBy: "agent" as const,
  items: [item("180.00")],
  totals: { total: money("180.00"), commission: money("36.00") },
});

const inCurrency = (currency: string, price: string) => priced(item(price, {}, currency));
const paidIn = (currency: string, amount: string) => [
  { amount: money(amount, currency), paidAt: "2026-03-02", method: "card" },
];

/** Currencies, taxes and agents. */
export const marketStories: readonly AccountingStory[] = [
  {
    title: "yen, which have no cents",
    settings: INVOICE,
    currency: "JPY",
    steps: [{ see: { ...inCurrency("JPY", "25000"), payments: paidIn("JPY", "25000") } }],
    documents: ["invoice:1 25000", "payment:1 25000"],
    balances: { clearing: "25000", revenue: "-20000", tax: "-5000" },
  },
  {
    title: "dinars of a thousand fils",
    settings: INVOICE,
    currency: "KWD",
    steps: [{ see: { ...inCurrency("KWD", "12.345"), payments: paidIn("KWD", "10.000") } }],
    documents: ["invoice:1 12.345", "payment:1 10.000"],
    balances: { clearing: "10.000", receivable: "2.345", revenue: "-9.876", tax: "-2.469" },
  },
  {
    title: "dollars in books of euros",
    settings: INVOICE,
    currency: "USD",
    steps: [{ see: { ...inCurrency("USD", "210.00"), payments: paidIn("USD", "210.00") } }],
    documents: ["invoice:1 210.00", "payment:1 210.00"],
    balances: { clearing: "210.00", revenue: "-168.00", tax: "-42.00" },
  },
  {
    title: "several products with taxes of their own",
    settings: INVOICE,
    steps: [
      {
        see: priced(
          item("99.99"),
          item("33.33", { id: "2", name: "Bus", productId: "bus" }),
          item("66.67", { id: "3", name: "Lunch", productId: "lunch" }),
        ),
      },
    ],
    documents: ["invoice:1 199.99"],
    balances: { receivable: "199.99", revenue: "-163.09", tax: "-36.90" },
  },
  {
    title: "taxed by margin: no tax is shown",
    settings: INVOICE,
    steps: [{ see: priced(item("450.00", { name: "Trip", productId: "trip" })) }],
    documents: ["invoice:1 450.00"],
    balances: { receivable: "450.00", revenue: "-450.00" },
  },
  {
    title: "another policy for one product",
    settings: { policies: [{ products: ["trip"], policy: "invoice" }] },
    steps: [{ see: priced(item("450.00", { name: "Trip", productId: "trip" })) }],
    documents: ["invoice:1 450.00"],
    balances: { receivable: "450.00", revenue: "-450.00" },
  },
  {
    title: "an agent is invoiced, and keeps a commission",
    settings: INVOICE,
    steps: [{ see: sold("a1") }],
    documents: ["invoice:1 144.00"],
    balances: { receivable: "144.00", revenue: "-144.00", tax: "-36.00", commission: "36.00" },
  },
  {
    title: "an agent is invoiced net",
    settings: { ...INVOICE, agents: { terms: "net" } },
    steps: [{ see: sold("a2") }],
    documents: ["invoice:1 144.00"],
    balances: { receivable: "144.00", revenue: "-108.00", tax: "-36.00" },
  },
  {
    title: "the guest of an agent pays directly",
    settings: INVOICE,
    steps: [{ see: { ...sold("a3"), balanceOwedBy: "customer" } }],
    documents: ["invoice:1 180.00"],
    balances: { receivable: "180.00", revenue: "-144.00", tax: "-36.00" },
  },
  {
    title: "an agent who is never invoiced",
    settings: { ...INVOICE, agents: { invoice: "never" } },
    steps: [{ see: sold("a4") }],
    documents: [],
    balances: {},
  },
  {
    title: "an agent who is invoiced once a month",
    settings: { agents: { invoice: "month" } },
    place: "fjord-agent-a5-2026-03-EUR",
    steps: [
      { see: sold("a5") },
      { day: SERVICE_DAY, see: sold("a5") },
      { day: "2026-04-01", run: "statements" },
      { day: "2026-04-02", run: "statements" },
    ],
    documents: ["invoice:1 144.00"],
    balances: { receivable: "144.00", revenue: "-144.00", tax: "-36.00", commission: "36.00" },
  },
  {
    title: "a booking of an agent's month that is cancelled after the invoice",
    settings: { agents: { invoice: "month" } },
    place: "fjord-agent-a6-2026-03-EUR",
    steps: [
      { day: SERVICE_DAY, see: sold("a6") },
      { day: "2026-04-01", run: "statements" },
      { day: "2026-04-03", see: { ...sold("a6"), status: "cancelled" } },
      { day: "2026-05-01", run: "statements" },
    ],
    documents: ["credit_note:1 144.00", "invoice:1 144.00"],
    balances: {},
  },
  {
    title: "paid by an agent, invoiced by the booking",
    settings: INVOICE,
    steps: [
      {
        see: {
          ...sold("a7"),
          payments: paid("144.00").map((one) => ({ ...one, paidBy: "agent" as const })),
        },
      },
    ],
    documents: ["invoice:1 144.00", "payment:1 144.00"],
    balances: { clearing: "144.00", revenue: "-144.00", tax: "-36.00", commission: "36.00" },
  },
];
