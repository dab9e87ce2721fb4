import { type AccountingStory, item, money, paid, priced, SERVICE_DAY } from "./story.ts";

const INVOICE = { policy: "invoice" };
const WHOLE = { receivable: "180.00", revenue: "-144.00", tax: "-36.00" };
const SALE = { revenue: "-144.00", tax: "-36.00" };

/** Policies and payments. */
export const moneyStories: readonly AccountingStory[] = [
  {
    title: "new, before its day",
    steps: [{ see: {} }],
    documents: [],
    balances: {},
  },
  {
    title: "a deposit before its day",
    steps: [{ see: { payments: paid("50.00") } }],
    documents: ["deposit:1 50.00"],
    balances: { clearing: "50.00", prepayments: "-50.00" },
  },
  {
    title: "a deposit, and the day of the service",
    steps: [
      { see: { payments: paid("50.00") } },
      { day: SERVICE_DAY, see: { payments: paid("50.00") } },
    ],
    documents: ["deposit:1 50.00", "invoice:1 180.00"],
    balances: { ...SALE, clearing: "50.00", receivable: "130.00" },
  },
  {
    title: "invoiced at booking",
    settings: INVOICE,
    steps: [{ see: {} }],
    documents: ["invoice:1 180.00"],
    balances: WHOLE,
  },
  {
    title: "invoiced at booking, earned at the service",
    settings: { policy: "invoice+defer" },
    steps: [{ see: {} }],
    documents: ["deferral:1 144.00", "invoice:1 180.00"],
    balances: { receivable: "180.00", deferred: "-144.00", tax: "-36.00" },
  },
  {
    title: "invoiced at booking, and the day of the service",
    settings: { policy: "invoice+defer" },
    steps: [{ see: {} }, { day: SERVICE_DAY, see: {} }],
    documents: ["deferral:1 144.00", "deferral:2 -144.00", "invoice:1 180.00"],
    balances: WHOLE,
  },
  {
    title: "invoiced at the service, paid before",
    settings: { policy: "service-date" },
    steps: [
      { see: { payments: paid("180.00") } },
      { day: SERVICE_DAY, see: { payments: paid("180.00") } },
    ],
    documents: ["deposit:1 180.00", "invoice:1 180.00"],
    balances: { ...SALE, clearing: "180.00" },
  },
  {
    title: "paid in three parts",
    settings: INVOICE,
    steps: [
      { see: { payments: paid("60.00") } },
      { see: { payments: paid("60.00", "60.00") } },
      { see: { payments: paid("60.00", "60.00", "60.00") } },
    ],
    documents: ["invoice:1 180.00", "payment:1 60.00", "payment:2 60.00", "payment:3 60.00"],
    balances: { ...SALE, clearing: "180.00" },
  },
  {
    title: "overpaid",
    settings: INVOICE,
    steps: [{ see: { payments: paid("200.00") } }],
    documents: ["deposit:1 200.00", "invoice:1 180.00"],
    balances: { ...SALE, clearing: "200.00", prepayments: "-20.00" },
  },
  {
    title: "overpaid, and given back",
    settings: INVOICE,
    steps: [{ see: { payments: paid("200.00") } }, { see: { payments: paid("200.00", "-20.00") } }],
    documents: ["deposit:1 200.00", "invoice:1 180.00", "refund:1 20.00"],
    balances: { ...SALE, clearing: "180.00" },
  },
  {
    title: "a part is given back, and the price stays: it is owed again",
    settings: INVOICE,
    steps: [{ see: { payments: paid("180.00") } }, { see: { payments: paid("180.00", "-30.00") } }],
    documents: ["invoice:1 180.00", "payment:1 180.00", "refund:1 30.00"],
    balances: { ...SALE, clearing: "150.00", receivable: "30.00" },
  },
  {
    title: "a payment that the source removes",
    settings: INVOICE,
    steps: [{ see: { payments: paid("60.00") } }, { see: { payments: [] } }],
    documents: ["invoice:1 180.00", "payment:1 60.00", "refund:1 60.00"],
    balances: WHOLE,
  },
  {
    title: "payments that are only told as a sum",
    settings: INVOICE,
    steps: [
      {
        see: {
          ...priced(item("180.00")),
          payments: undefined,
          totals: { total: money("180.00"), paid: money("60.00") },
        },
        payment: { amount: money("60.00"), method: "cash" },
      },
      {
        see: {
          payments: undefined,
          totals: { total: money("180.00"), paid: money("180.00") },
        },
      },
    ],
    documents: ["invoice:1 180.00", "payment:1 60.00", "payment:2 120.00"],
    balances: { ...SALE, clearing: "180.00" },
  },
  {
    title: "what the payment service keeps",
    settings: { ...INVOICE, fees: { card: { percent: "1.4", fixed: "0.25" } } },
    steps: [{ see: { payments: paid("180.00") } }],
    documents: ["fee:1 2.77", "invoice:1 180.00", "payment:1 180.00"],
    balances: { ...SALE, clearing: "177.23", fees: "2.77" },
  },
  {
    title: "two cents that nobody asks for any more",
    settings: { writeOffUpTo: "0.05" },
    steps: [{ day: SERVICE_DAY, see: { payments: paid("179.98") } }],
    documents: ["invoice:1 180.00", "payment:1 179.98", "write_off:1 0.02"],
    balances: { ...SALE, clearing: "179.98", rounding: "0.02" },
  },
  {
    title: "a damage deposit that is held",
    settings: { ...INVOICE, damageDeposits: { products: ["bond"] } },
    steps: [
      {
        see: {
          ...priced(item("180.00"), item("100.00", { id: "2", name: "Bond", productId: "bond" })),
          payments: paid("280.00"),
        },
      },
    ],
    documents: ["invoice:1 280.00", "payment:1 280.00"],
    balances: { ...SALE, clearing: "280.00", damageDeposits: "-100.00" },
  },
  {
    title: "a damage deposit that is released and given back",
    settings: {
      ...INVOICE,
      corrections: "difference",
      damageDeposits: { products: ["bond"] },
    },
    steps: [
      {
        see: {
          ...priced(item("180.00"), item("100.00", { id: "2", name: "Bond", productId: "bond" })),
          payments: paid("280.00"),
        },
      },
      {
        day: "2026-03-15",
        see: {
          ...priced(item("180.00"), item("100.00", { id: "2", name: "Bond", productId: "bond" })),
          payments: paid("280.00", "-100.00"),
          status: "checked_out",
        },
      },
    ],
    documents: ["credit_note:1 100.00", "invoice:1 280.00", "payment:1 280.00", "refund:1 100.00"],
    balances: { ...SALE, clearing: "180.00" },
  },
  {
    title: "a gift certificate: owed until it is redeemed",
    settings: { ...INVOICE, giftCertificates: { products: ["gift"] } },
    steps: [
      {
        see: {
          ...priced(item("75.00", { name: "Gift certificate", productId: "gift" })),
          payments: paid("75.00"),
        },
      },
    ],
    documents: ["invoice:1 75.00", "payment:1 75.00"],
    balances: { clearing: "75.00", giftCertificates: "-75.00" },
  },
  {
    title: "the takings of a day, in place of invoices",
    settings: { policy: "takings" },
    place: "takings-2026-03-02-EUR",
    steps: [
      { see: { payments: paid("100.00") } },
      { day: "2026-03-03", run: "takings" },
      { day: "2026-03-03", run: "takings" },
    ],
    documents: ["takings:1 100.00"],
    balances: { clearing: "100.00", revenue: "-80.00", tax: "-20.00" },
  },
  {
    title: "a payment that becomes known after its day was posted",
    settings: { policy: "takings" },
    place: "takings-2026-03-02-EUR",
    steps: [
      { see: { payments: paid("100.00") } },
      { day: "2026-03-03", run: "takings" },
      {
        see: {
          payments: [
            ...paid("100.00"),
            { amount: money("25.00"), paidAt: "2026-03-02", method: "cash" },
          ],
        },
      },
      { day: "2026-03-04", run: "takings" },
    ],
    documents: ["takings:1 100.00", "takings:2 25.00"],
    balances: { clearing: "125.00", revenue: "-100.00", tax: "-25.00" },
  },
];
