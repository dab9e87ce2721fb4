import type { Booking, CustomFields } from "../../src/sdk/booking.ts";
import type { Money } from "../../src/sdk/money.ts";
import type { LocalMoment } from "../../src/sdk/time.ts";

/** The same shape with nothing left out: a new field of a booking stops the compiler here. */
type Complete<T> = T extends Money | LocalMoment | CustomFields
  ? T
  : T extends readonly (infer Element)[]
    ? Complete<Element>[]
    : T extends object
      ? { [Name in keyof T]-?: Complete<NonNullable<T[Name]>> }
      : T;

const money: Money = { amountMinor: 123_450, currency: "EUR" };
const moment: LocalMoment = { date: "2026-03-14", time: "09:00", timeZone: "Europe/Oslo" };

export const EVERY_FIELD: Complete<Booking> = {
  connection: "fjord",
  reference: "1201",
  version: 3,
  status: "confirmed",
  flags: { fraud: false, conflict: false, locked: false, test: true, erased: false },
  title: "Kayak",
  channel: { id: "51234", name: "Fjord Walks" },
  start: moment,
  end: { date: "2026-03-15", timeZone: "Europe/Oslo" },
  customer: {
    id: "7",
    name: "Kari Example",
    firstName: "Kari",
    lastName: "Example",
    email: "kari@example.com",
    phone: "+47 22 00 00 00",
    country: "NO",
    address: { street: "Storgata 1", city: "Oslo", postcode: "0155", state: "Oslo" },
    note: "vegetarian",
    custom: { amountMinor: "12", currency: "of the guest" },
  },
  travellers: [
    {
      id: "1",
      name: "Kari Example",
      firstName: "Kari",
      lastName: "Example",
      ageGroup: "adult",
      email: "kari@example.com",
      phone: "+47 22 00 00 00",
    },
  ],
  travellerCount: 2,
  travellersText: "2 Adults",
  items: [
    {
      id: "880001",
      name: "Kayak",
      kind: "departure",
      productId: "17",
      productCode: "KAYAK",
      belongsTo: "880000",
      quantity: 2,
      unit: "person",
      quantityText: "2 Adults",
      start: moment,
      end: moment,
      unitPrice: money,
      price: money,
      tax: { ratePercent: "25.00", amount: money, isIncluded: true },
      place: "Pier 3",
      unitName: "Kayak 4",
      pickup: { name: "Hotel", time: "08:30", note: "lobby", isOnRequest: false },
      tickets: [{ value: "4711", label: "Adult", seat: "1A" }],
      ticketFormat: "qr",
      supplierReference: "S-1",
      isRedeemed: false,
      note: "bring boots",
      answers: [{ question: "Height?", answers: ["180"] }],
      links: [{ label: "Map", url: "https://example.com/map" }],
    },
  ],
  totals: {
    total: money,
    beforeDiscount: money,
    discount: money,
    deposit: money,
    tax: money,
    paid: money,
    commission: money,
  },
  payments: [
    {
      amount: money,
      paidAt: "2026-03-01",
      method: "card",
      reference: "P-1",
      transactionReference: "T-1",
      note: "first half",
      paidBy: "customer",
    },
  ],
  balance: money,
  balanceOwedBy: "agent",
  balanceDueOn: "2026-03-10",
  agent: { id: "3", name: "Agent", code: "A3", email: "agent@example.com", reference: "X-9" },
  cartId: "55",
  company: "Example AS",
  taxNumber: "NO000000000",
  notes: "a dog comes along",
  importantNote: "be early",
  internalNote: "regular guest",
  language: "nb",
  custom: { date: "14", timeZone: "none" },
  madeAt: "2026-02-01T10:00:00Z",
  expiresAt: "2026-02-08T10:00:00+01:00",
  cancellation: { at: "2026-02-09T10:00:00Z", by: "staff", reason: "weather" },
  voucherUrl: "https://example.com/voucher",
  barcode: "1201",
  updatedAt: "2026-02-09T10:00:00Z",
};
