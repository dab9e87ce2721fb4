import { addMoney, negateMoney, type BookingView, type CustomFields, type LocalMoment } from "#sdk";

import { readAmount, readCount, type Shown } from "./amounts.ts";
import type { PlanyoConfig } from "./config.ts";
import type { Remarks } from "./remarks.ts";
import { readStatus } from "./status.ts";
import { readInstant, readMoment, withoutMidnights } from "./times.ts";

/** A reservation as notification and API both tell it, under one set of names, all of it text. */
export interface ReservationFacts {
  status?: Shown<string>;
  siteId?: Shown<string>;
  resourceId?: Shown<string>;
  resourceName?: Shown<string>;
  isPackage?: boolean;
  unitName?: Shown<string>;
  quantity?: Shown<string>;
  start?: Shown<string>;
  end?: Shown<string>;
  madeAt?: Shown<string>;
  currency?: Shown<string>;
  total?: Shown<string>;
  beforeDiscount?: Shown<string>;
  discount?: Shown<string>;
  paid?: Shown<string>;
  outstanding?: Shown<string>;
  cartId?: Shown<string>;
  customerId?: Shown<string>;
  firstName?: Shown<string>;
  lastName?: Shown<string>;
  email?: Shown<string>;
  phone?: Shown<string>;
  country?: Shown<string>;
  street?: Shown<string>;
  city?: Shown<string>;
  postcode?: Shown<string>;
  state?: Shown<string>;
  notes?: Shown<string>;
  internalNote?: Shown<string>;
  custom?: CustomFields | undefined;
  customerCustom?: CustomFields | undefined;
}

type Item = NonNullable<BookingView["items"]>[number];

/** Makes one look at a booking of the facts. What cannot be understood is left out and remarked. */
export function bookingView(
  facts: ReservationFacts,
  config: PlanyoConfig,
  remarks: Remarks,
): BookingView {
  const money = moneyOf(facts, remarks);
  const stay = stayOf(facts, config, remarks);
  return {
    ...statusOf(facts, remarks),
    ...stay,
    ...money,
    title: facts.resourceName ?? undefined,
    channel: facts.siteId ? { id: facts.siteId } : undefined,
    customer: customerOf(facts),
    items: itemsOf(facts, stay, money, remarks),
    cartId: facts.cartId === "0" ? null : facts.cartId, // 0: not reserved through a cart
    madeAt: madeAtOf(facts, config, remarks),
    notes: facts.notes,
    internalNote: facts.internalNote,
    custom: facts.custom,
  };
}

/** Completes a view of the API's, which shows no outstanding amount. */
export function addBalance(view: BookingView): BookingView {
  const { total, paid } = view.totals ?? {};
  if (!total || !paid) return view;
  return { ...view, balance: addMoney(total, negateMoney(paid)), balanceOwedBy: "customer" };
}

function statusOf(
  { status }: ReservationFacts,
  remarks: Remarks,
): Pick<BookingView, "status" | "flags" | "cancellation"> {
  if (!status) return {};
  const reading = readStatus(status.trim());
  if (!reading) remarks.unreadable("status");
  return reading ?? {};
}

interface Stay {
  start?: LocalMoment;
  end?: LocalMoment;
}

function stayOf(facts: ReservationFacts, config: PlanyoConfig, remarks: Remarks): Stay {
  const read = (name: "start" | "end"): Stay => {
    const text = facts[name];
    if (!text) return {};
    const moment = readMoment(text.trim(), config);
    if (!moment) remarks.unreadable(name);
    return moment ? { [name]: moment } : {};
  };
  return withoutMidnights({ ...read("start"), ...read("end") });
}

function madeAtOf(
  { madeAt }: ReservationFacts,
  config: PlanyoConfig,
  remarks: Remarks,
): string | undefined {
  if (!madeAt) return undefined;
  const instant = readInstant(madeAt.trim(), config);
  if (!instant) remarks.unreadable("creation time");
  return instant;
}

type MoneyView = Pick<BookingView, "totals" | "balance" | "balanceOwedBy">;

function moneyOf(facts: ReservationFacts, remarks: Remarks): MoneyView {
  const amount = (name: string, text: Shown<string>) =>
    readAmount(name, text, facts.currency, remarks);
  const totals = {
    total: amount("total", facts.total),
    beforeDiscount: amount("price before discount", facts.beforeDiscount),
    discount: amount("discount", facts.discount),
    paid: amount("amount paid", facts.paid),
  };
  const balance = amount("amount outstanding", facts.outstanding);
  return {
    totals: isNothingShown(totals) ? undefined : totals,
    balance,
    balanceOwedBy: balance ? "customer" : undefined,
  };
}

/** A reservation is of one resource, so there is one item; the API may add products to it. */
function itemsOf(
  facts: ReservationFacts,
  stay: Stay,
  { totals }: MoneyView,
  remarks: Remarks,
): Item[] | undefined {
  const { resourceId, resourceName } = facts;
  if (!resourceId && !resourceName) return undefined;
  const item: Item = {
    id: resourceId ?? "resource",
    name: resourceName ?? undefined,
    kind: facts.isPackage ? "package" : "rental",
    productId: resourceId ?? undefined,
    quantity: readCount("quantity", facts.quantity, remarks),
    unit: "piece",
    ...stay,
    price: totals?.total,
    unitName: facts.unitName,
  };
  return [item];
}

/** Who booked; used for `user_updated` as well. Undefined when nothing about the person is shown. */
export function customerOf(facts: ReservationFacts): BookingView["customer"] {
  const address = {
    street: facts.street,
    city: facts.city,
    postcode: facts.postcode,
    state: facts.state,
  };
  const customer = {
    id: facts.customerId ?? undefined,
    firstName: facts.firstName,
    lastName: facts.lastName,
    email: facts.email,
    phone: facts.phone,
    country: facts.country,
    address: isNothingShown(address) ? undefined : address,
    custom: facts.customerCustom,
  };
  return isNothingShown(customer) ? undefined : customer;
}

function isNothingShown(values: object): boolean {
  return Object.values(values).every((value) => value === undefined);
}
