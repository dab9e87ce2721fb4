import { BOOKING_STATUSES } from "../../sdk/booking.ts";
import { flag, listOf, object, oneOf, ref, type Schema, text, time, whole } from "./schema.ts";

const PAYER = oneOf(["customer", "agent"]);

const Customer = object(
  {},
  {
    id: text("The source's own id of the person"),
    name: text("The whole name as the source writes it"),
    firstName: text(),
    lastName: text(),
    email: text(),
    phone: text(),
    country: text("ISO 3166, two letters, where the source has them"),
    address: object({}, { street: text(), city: text(), postcode: text(), state: text() }),
    note: text(),
    custom: ref("Custom"),
  },
);

const Traveller = object(
  { id: text() },
  {
    name: text(),
    firstName: text(),
    lastName: text(),
    ageGroup: oneOf(["infant", "child", "adult", "senior"]),
    email: text(),
    phone: text(),
  },
);

const BookingItem = object(
  { id: text("Stable within the booking"), name: text() },
  {
    kind: oneOf(["departure", "rental", "accommodation", "option", "fee", "package", "other"]),
    productId: text(),
    productCode: text(),
    belongsTo: text("Id of the item this one is an option of"),
    quantity: { type: "number" },
    unit: oneOf(["person", "group", "piece"]),
    quantityText: text("How the source words it: `2 Adults`"),
    start: ref("LocalMoment"),
    end: ref("LocalMoment"),
    unitPrice: ref("Money"),
    price: ref("Money"),
    tax: object(
      {},
      {
        ratePercent: text("Decimal number: `12.00`"),
        amount: ref("Money"),
        isIncluded: flag(),
      },
    ),
    place: text(),
    unitName: text("Which cabin, bike or seat was assigned"),
    pickup: object({}, { name: text(), time: text(), note: text(), isOnRequest: flag() }),
    tickets: listOf(object({ value: text() }, { label: text(), seat: text() })),
    ticketFormat: oneOf(["qr", "code128"]),
    supplierReference: text(),
    isRedeemed: flag(),
    note: text(),
    answers: listOf(object({ question: text(), answers: listOf(text()) })),
    links: listOf(object({ url: text() }, { label: text() })),
  },
);

const Payment = object(
  { amount: ref("Money") },
  {
    paidAt: text("RFC 3339 when the source gives an instant, else its local text"),
    method: text(),
    reference: text(),
    transactionReference: text(),
    note: text(),
    paidBy: PAYER,
  },
);

const Totals = object(
  {},
  {
    total: ref("Money"),
    beforeDiscount: ref("Money"),
    discount: ref("Money"),
    deposit: ref("Money"),
    tax: ref("Money"),
    paid: ref("Money"),
    commission: ref("Money"),
  },
);

const Agent = object(
  {},
  { id: text(), name: text(), code: text(), email: text(), reference: text() },
);

const Booking = object(
  {
    connection: text(),
    reference: text("The source's own number of the booking; the subject of its events"),
    version: { ...whole("Counts the states Bellhop has seen"), minimum: 1 },
    status: oneOf(BOOKING_STATUSES),
  },
  {
    flags: object(
      {},
      { fraud: flag(), conflict: flag(), locked: flag(), test: flag(), erased: flag() },
    ),
    title: text(),
    channel: object({ id: text() }, { name: text() }),
    start: ref("LocalMoment"),
    end: ref("LocalMoment"),
    customer: ref("Customer"),
    travellers: listOf(ref("Traveller")),
    travellerCount: { type: "number" },
    travellersText: text(),
    items: listOf(ref("BookingItem")),
    totals: ref("Totals"),
    payments: listOf(ref("Payment")),
    balance: ref("Money"),
    balanceOwedBy: PAYER,
    balanceDueOn: { ...text(), format: "date" },
    agent: ref("Agent"),
    cartId: text(),
    company: text(),
    taxNumber: text(),
    notes: text("What the guest asks for"),
    importantNote: text("What the office wrote for the guest"),
    internalNote: text("What the office wrote for itself"),
    language: text("Lower-case BCP 47"),
    custom: ref("Custom"),
    madeAt: time(),
    expiresAt: time(),
    cancellation: object(
      {},
      { at: time(), by: oneOf(["staff", "customer", "system"]), reason: text() },
    ),
    voucherUrl: text(),
    barcode: text(),
    updatedAt: time(),
  },
);

export const BOOKING_SCHEMAS: Readonly<Record<string, Schema>> = {
  Customer,
  Traveller,
  BookingItem,
  Payment,
  Totals,
  Agent,
  Booking,
  WholeBooking: {
    allOf: [
      ref("Booking"),
      object(
        {
          events: listOf(ref("Event")),
          jobs: listOf(ref("Job")),
          effects: listOf(ref("Effect")),
        },
        {},
        "The newest 100 each",
      ),
    ],
  },
};
