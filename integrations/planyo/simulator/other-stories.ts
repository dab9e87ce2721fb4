import { confirmed, paid, type Calls } from "./chapters.ts";
import { guestParameters, propertyParameters, type Parameters } from "./payload.ts";
import { BY_GUEST, BY_STAFF, type Play, type Story } from "./play.ts";
import { amountText, removePayment } from "./reservation.ts";
import { RESOURCES, RETIRED, SITE } from "./site.ts";
import { DAY_SECONDS, localTimeText } from "./site-clock.ts";

function* paymentRemoved(play: Play): Calls {
  const reservation = yield* confirmed(play);
  const amountMinor = reservation.priceMinor;
  yield* paid(play, reservation, amountMinor);
  removePayment(reservation);
  yield play.tell(reservation, "reservation_payment_removed", BY_STAFF, {
    removed_payment_amount: amountText(amountMinor),
    removed_payment_currency: SITE.currency,
    removed_payment_time: localTimeText(reservation.madeAt + 60),
    removed_payment_mode: "Paypal",
  });
}

/** Minutes around the points that Planyo counts from (FAQ 222), one for each slot. */
const SLOTS: readonly (readonly [string, number])[] = [
  ["start", -2880],
  ["end", 1440],
  ["reservation", 60],
  ["start", -60],
  ["end", 0],
  ["reservation", 4320],
];

function* timers(play: Play): Calls {
  const reservation = yield* confirmed(play);
  for (const [index, [point, minutes]] of SLOTS.entries()) {
    yield play.tell(reservation, `before_or_after_event_${index + 1}`, BY_STAFF, {
      relative_to: point,
      time_difference: minutes,
    });
  }
}

function* buttons(play: Play): Calls {
  const reservation = yield* confirmed(play);
  for (const button of [1, 2, 3, 4, 5]) {
    yield play.tell(reservation, `custom_button_${button}`, BY_STAFF);
  }
}

function* customer(play: Play): Calls {
  const { guest } = play;
  const tell = (isNew: number, phone: string, firing: typeof BY_GUEST) =>
    play.tellOther(
      `customer ${guest.id}`,
      "user_updated",
      {
        user: guest.id,
        is_new_user: isNew,
        ...guestParameters({ ...guest, phone }),
        ...propertyParameters(guest),
      },
      firing,
    );
  yield tell(1, guest.phone, BY_GUEST);
  yield tell(0, `${guest.phone}00`, BY_STAFF);
}

function* coupon(play: Play): Calls {
  const code = `GIFT-${String(play.number).padStart(4, "0")}`;
  const parameters: Parameters = {
    type: "prepaid",
    coupon_is_site_wide: "yes",
    coupon_purchased_amount: "100",
    coupon_balance: "100",
    coupon_price: "90.00",
    coupon_purchase_currency: SITE.currency,
    coupon_email: play.guest.email,
    is_coupon_access_email: "no",
    is_coupon_access_code: "yes",
    coupon_code: code,
    is_coupon_personal: "no",
    payment_time: localTimeText(Math.ceil(play.now / 1000)),
    holder_fields: "name",
    buyer_fields: "",
    holder_field_name: play.guest.firstName,
  };
  yield play.tellOther(`coupon ${code}`, "coupon_payment_received", parameters);
  const after = { ...parameters, coupon_balance: "0" };
  yield play.tellOther(`coupon ${code}`, "coupon_payment_removed", after);
}

/** One closure's life, then an import, whose times are null (Planyo FAQ 222, type 99). */
function* closure(play: Play): Calls {
  const id = String(660_000 + 10 * play.number);
  const start = Math.ceil(play.now / 1000) + play.random.between(20, 40) * DAY_SECONDS;
  const end = start + 3 * DAY_SECONDS;
  const base = { vacation_type: 1, site_id: SITE.id, is_site_vacation: "false" };
  const place = { resource_id: RESOURCES[0].id, updated_vacation_ids: id };
  const tell = (parameters: Parameters) =>
    play.tellOther(`vacation ${id}`, "vacation_modified", { ...base, ...place, ...parameters });

  const resourceId = RESOURCES[0].id;
  play.close({ id, resourceId, start, end });
  yield tell({ update_type: "new", start_time: start, end_time: end });
  play.close({ id, resourceId, start, end: end + DAY_SECONDS });
  yield tell({
    update_type: "modified",
    start_time: start,
    end_time: end + DAY_SECONDS,
    prev_start_time: start,
    prev_end_time: end,
  });
  play.reopen(id);
  yield tell({ update_type: "removed", start_time: start, end_time: end + DAY_SECONDS });
  const imported = [1, 2, 3].map((step) => String(660_000 + 10 * play.number + step));
  for (const closed of imported) play.close({ id: closed, start, end });
  const ids = imported.join(",");
  yield play.tellOther(`vacation ${ids}`, "vacation_modified", {
    update_type: "new",
    vacation_type: 99,
    start_time: null,
    end_time: null,
    site_id: SITE.id,
    is_site_vacation: "true",
    updated_vacation_ids: ids,
  });
}

function* resource(play: Play): Calls {
  const { id } = play.random.pick(RESOURCES);
  const changed = { resource_id: id, type: "pricing", subtype: "seasons" };
  yield play.tellOther(`resource ${id}`, "resource_settings_changed", changed);
  const retired = { resource: RETIRED.id, resource_name: RETIRED.name };
  yield play.tellOther(`resource ${RETIRED.id}`, "resource_removed", retired);
}

function* hourly(play: Play): Calls {
  yield play.tellOther("clock", "hourly", {});
}

/** What is not simply a step in the life of a reservation. */
export const OTHER_STORIES: readonly (readonly [string, Story])[] = [
  ["payment-removed", paymentRemoved],
  ["timers", timers],
  ["buttons", buttons],
  ["customer", customer],
  ["coupon", coupon],
  ["closure", closure],
  ["resource", resource],
  ["hourly", hourly],
];
