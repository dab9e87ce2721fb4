import { type AccountingStory, item, money, paid, priced, SERVICE_DAY } from "./story.ts";

const INVOICE = { policy: "invoice" };
const DIFFERENCE = { policy: "invoice", corrections: "difference" };
const WHOLE = { receivable: "180.00", revenue: "-144.00", tax: "-36.00" };
const SALE = { revenue: "-144.00", tax: "-36.00" };

/** Changes, cancellations, and what comes in the wrong order. */
export const changeStories: readonly AccountingStory[] = [
  {
    title: "the price goes up",
    settings: INVOICE,
    steps: [
      { see: { payments: paid("180.00") } },
      { see: { ...priced(item("200.00")), payments: paid("180.00") } },
    ],
    documents: ["credit_note:1 180.00", "invoice:1 180.00", "invoice:2 200.00", "payment:1 180.00"],
    balances: { clearing: "180.00", receivable: "20.00", revenue: "-160.00", tax: "-40.00" },
  },
  {
    title: "the price goes down, and the rest is given back",
    settings: INVOICE,
    steps: [
      { see: { payments: paid("180.00") } },
      { see: { ...priced(item("150.00")), payments: paid("180.00", "-30.00") } },
    ],
    documents: [
      "credit_note:1 180.00",
      "invoice:1 180.00",
      "invoice:2 150.00",
      "payment:1 180.00",
      "refund:1 30.00",
    ],
    balances: { clearing: "150.00", revenue: "-120.00", tax: "-30.00" },
  },
  {
    title: "the price goes up, by a document for the difference",
    settings: DIFFERENCE,
    steps: [{ see: {} }, { see: priced(item("200.00")) }],
    documents: ["invoice:1 180.00", "invoice:2 20.00"],
    balances: { receivable: "200.00", revenue: "-160.00", tax: "-40.00" },
  },
  {
    title: "the price goes down, by a document for the difference",
    settings: DIFFERENCE,
    steps: [{ see: {} }, { see: priced(item("150.00")) }],
    documents: ["credit_note:1 30.00", "invoice:1 180.00"],
    balances: { receivable: "150.00", revenue: "-120.00", tax: "-30.00" },
  },
  {
    title: "another guest, and the money goes along",
    settings: INVOICE,
    steps: [
      { see: { payments: paid("180.00") } },
      {
        see: {
          customer: { id: "vik", firstName: "Ola", lastName: "Vik", email: "ola@example.com" },
          payments: paid("180.00"),
        },
      },
    ],
    documents: ["credit_note:1 180.00", "invoice:1 180.00", "invoice:2 180.00", "payment:1 180.00"],
    balances: { ...SALE, clearing: "180.00" },
  },
  {
    title: "a company and its tax number, told later",
    settings: INVOICE,
    steps: [{ see: {} }, { see: { company: "Berg AS", taxNumber: "NO999888777" } }],
    documents: ["credit_note:1 180.00", "invoice:1 180.00", "invoice:2 180.00"],
    balances: WHOLE,
  },
  {
    title: "a product is added",
    settings: DIFFERENCE,
    steps: [
      { see: {} },
      { see: priced(item("180.00"), item("56.00", { id: "2", name: "Bus", productId: "bus" })) },
    ],
    documents: ["invoice:1 180.00", "invoice:2 56.00"],
    balances: { receivable: "236.00", revenue: "-194.00", tax: "-42.00" },
  },
  {
    title: "more of the same",
    settings: INVOICE,
    steps: [{ see: {} }, { see: priced(item("270.00", { quantity: 3 })) }],
    documents: ["credit_note:1 180.00", "invoice:1 180.00", "invoice:2 270.00"],
    balances: { receivable: "270.00", revenue: "-216.00", tax: "-54.00" },
  },
  {
    title: "cancelled, unpaid",
    settings: INVOICE,
    steps: [{ see: {} }, { see: { status: "cancelled" } }],
    documents: ["credit_note:1 180.00", "invoice:1 180.00"],
    balances: {},
  },
  {
    title: "cancelled, paid, and all given back",
    settings: INVOICE,
    steps: [
      { see: { payments: paid("180.00") } },
      { see: { status: "cancelled", payments: paid("180.00") } },
      { see: { status: "cancelled", payments: paid("180.00", "-180.00") } },
    ],
    documents: ["credit_note:1 180.00", "invoice:1 180.00", "payment:1 180.00", "refund:1 180.00"],
    balances: {},
  },
  {
    title: "cancelled, and a fee is kept",
    settings: INVOICE,
    steps: [
      { see: { payments: paid("180.00") } },
      { see: { status: "cancelled", payments: paid("180.00", "-130.00") } },
    ],
    documents: [
      "credit_note:1 180.00",
      "invoice:1 180.00",
      "invoice:2 50.00",
      "payment:1 180.00",
      "refund:1 130.00",
    ],
    balances: { clearing: "50.00", revenue: "-40.00", tax: "-10.00" },
  },
  {
    title: "cancelled before its day, and the whole deposit is kept",
    settings: { cancellation: { fee: "kept" } },
    steps: [
      { see: { payments: paid("50.00") } },
      { see: { status: "cancelled", payments: paid("50.00") } },
    ],
    documents: ["deposit:1 50.00", "invoice:1 50.00"],
    balances: { clearing: "50.00", revenue: "-40.00", tax: "-10.00" },
  },
  {
    title: "a quotation that expires",
    settings: INVOICE,
    steps: [{ see: { status: "quoted" } }, { see: { status: "expired" } }],
    documents: [],
    balances: {},
  },
  {
    title: "a guest who does not come",
    steps: [
      { see: { payments: paid("180.00") } },
      { day: SERVICE_DAY, see: { payments: paid("180.00") } },
      { day: SERVICE_DAY, see: { status: "no_show", payments: paid("180.00") } },
    ],
    documents: ["deposit:1 180.00", "invoice:1 180.00"],
    balances: { ...SALE, clearing: "180.00" },
  },
  {
    title: "a guest who does not come and need not pay",
    settings: { noShow: "credit" },
    steps: [
      { day: SERVICE_DAY, see: {} },
      { day: SERVICE_DAY, see: { status: "no_show" } },
    ],
    documents: ["credit_note:1 180.00", "invoice:1 180.00"],
    balances: {},
  },
  {
    title: "a booking that the source deletes",
    settings: INVOICE,
    steps: [{ see: {} }, { see: { status: "removed" } }],
    documents: ["credit_note:1 180.00", "invoice:1 180.00"],
    balances: {},
  },
  {
    title: "confirmed again after it was cancelled",
    settings: INVOICE,
    steps: [{ see: {} }, { see: { status: "cancelled" } }, { see: {} }],
    documents: ["credit_note:1 180.00", "invoice:1 180.00", "invoice:2 180.00"],
    balances: WHOLE,
  },
  {
    title: "told again and again",
    settings: INVOICE,
    steps: [
      { see: { payments: paid("60.00") } },
      { see: { payments: paid("60.00") } },
      { day: "2026-03-05", see: { payments: paid("60.00") } },
    ],
    documents: ["invoice:1 180.00", "payment:1 60.00"],
    balances: { ...SALE, clearing: "60.00", receivable: "120.00" },
  },
  {
    title: "the payment is told before the booking",
    settings: INVOICE,
    steps: [
      { see: { status: "requested", payments: paid("180.00") } },
      { see: { payments: paid("180.00") } },
    ],
    documents: ["deposit:1 180.00", "invoice:1 180.00"],
    balances: { ...SALE, clearing: "180.00" },
  },
  {
    title: "moved to a later day after it was invoiced: the invoice stays",
    steps: [
      { day: SERVICE_DAY, see: {} },
      {
        day: SERVICE_DAY,
        see: { start: { date: "2026-03-28", time: "09:00", timeZone: "Europe/Oslo" } },
      },
    ],
    documents: ["invoice:1 180.00"],
    balances: WHOLE,
  },
  {
    title: "a day in a closed period is posted on the first open one",
    settings: { ...INVOICE, closedUntil: "2026-03-02" },
    steps: [{ see: { payments: paid("60.00") } }],
    documents: ["invoice:1 180.00", "payment:1 60.00"],
    balances: { ...SALE, clearing: "60.00", receivable: "120.00" },
  },
  {
    title: "history is not posted",
    steps: [
      {
        day: "2026-03-20",
        origin: "adopted",
        see: { payments: paid("180.00") },
      },
    ],
    documents: [],
    balances: {},
  },
  {
    title: "what was held before the books began is taken over",
    settings: { startDate: "2026-03-02" },
    steps: [
      { origin: "adopted", see: { payments: paid("50.00") } },
      { day: SERVICE_DAY, see: { payments: [...paid("50.00"), ...paid("130.00")] } },
    ],
    documents: ["deposit:1 50.00", "invoice:1 180.00", "payment:1 130.00"],
    balances: { ...SALE, clearing: "180.00" },
  },
  {
    title: "the source makes the invoices",
    settings: { ...INVOICE, invoices: "source" },
    steps: [{ see: { payments: paid("180.00") } }],
    documents: ["deposit:1 180.00"],
    balances: { clearing: "180.00", prepayments: "-180.00" },
  },
  {
    title: "hostile texts",
    settings: INVOICE,
    steps: [
      {
        see: {
          ...priced(
            item("180.00", { name: 'A "walk"; <b>bold</b> | (x)\n    assets:cash  1 EUR' }),
          ),
          title: 'Walk\n2026-01-01 * "theft"\n  Assets:Cash  1 EUR',
          company: 'Berg & "Sønner" <AS>\r\n; comment',
        },
      },
    ],
    documents: ["invoice:1 180.00"],
    balances: WHOLE,
  },
  {
    title: "nothing to pay",
    settings: INVOICE,
    steps: [{ see: priced(item("0.00")) }],
    documents: [],
    balances: {},
  },
  {
    title: "paid for in another way than told at first",
    settings: INVOICE,
    steps: [
      { see: { payments: paid("60.00") } },
      { see: { payments: paid("60.00").map((one) => ({ ...one, method: "cash" })) } },
    ],
    documents: ["invoice:1 180.00", "payment:1 60.00", "payment:2 60.00", "refund:1 60.00"],
    balances: { ...SALE, clearing: "60.00", receivable: "120.00" },
  },
  {
    title: "a discount over several taxes",
    settings: INVOICE,
    steps: [
      {
        see: {
          ...priced(item("180.00"), item("56.00", { id: "2", name: "Bus", productId: "bus" })),
          totals: { total: money("200.00") },
        },
      },
    ],
    documents: ["invoice:1 200.00"],
    balances: { receivable: "200.00", revenue: "-164.41", tax: "-35.59" },
  },
];
