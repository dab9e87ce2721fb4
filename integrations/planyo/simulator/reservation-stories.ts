import { STATUS } from "../status.ts";
import { confirm, confirmed, paid, requested, type Calls } from "./chapters.ts";
import { BY_GUEST, BY_STAFF, BY_STAFF_QUIETLY, type Play, type Story } from "./play.ts";
import { moveByDays } from "./reservation.ts";
import { PACKAGE, PRODUCT, RESOURCES } from "./site.ts";

function* rental(play: Play): Calls {
  const reservation = yield* confirmed(play);
  yield* paid(play, reservation, reservation.priceMinor);
  reservation.status |= STATUS.checkedIn;
  yield play.tell(reservation, "checked_in", BY_STAFF);
  reservation.status |= STATUS.checkedOut;
  yield play.tell(reservation, "checked_out", BY_STAFF);
}

function* cancelledByGuest(play: Play): Calls {
  const reservation = yield* confirmed(play);
  yield* paid(play, reservation, reservation.priceMinor);
  reservation.status |= STATUS.cancelledByCustomer;
  yield play.tell(reservation, "reservation_user_canceled", BY_GUEST);
}

function* cancelledByStaff(play: Play): Calls {
  const reservation = yield* confirmed(play);
  reservation.status |= STATUS.cancelledByStaff;
  yield play.tell(reservation, "reservation_admin_canceled", BY_STAFF_QUIETLY);
}

function* autoCancelled(play: Play): Calls {
  const reservation = yield* requested(play);
  reservation.status |= STATUS.cancelledBySystem;
  yield play.tell(reservation, "reservation_auto_canceled", BY_STAFF);
}

function* modified(play: Play): Calls {
  const reservation = yield* confirmed(play);
  moveByDays(reservation, 1);
  yield play.tell(reservation, "reservation_admin_modified", BY_STAFF);
  reservation.quantity += 1;
  reservation.priceMinor += reservation.resource.priceMinor;
  reservation.comments = "Now one more, please";
  yield play.tell(reservation, "reservation_user_modified", BY_GUEST);
}

/** A voucher of the full price. */
function* priceUpdated(play: Play): Calls {
  const reservation = yield* confirmed(play);
  reservation.discountMinor = reservation.priceMinor;
  reservation.priceMinor = 0;
  yield play.tell(reservation, "reservation_price_updated", BY_STAFF);
}

function* products(play: Play): Calls {
  const reservation = yield* confirmed(play);
  reservation.products = [{ id: PRODUCT.id, name: PRODUCT.name, quantity: 2 }];
  reservation.priceMinor += 2 * PRODUCT.priceMinor;
  yield play.tell(reservation, "reservation_products_user_modified", BY_GUEST);
}

function* waitlist(play: Play): Calls {
  const reservation = play.reserve({ status: STATUS.emailVerified | STATUS.waitingList });
  yield play.tell(reservation, "added_to_waitlist", BY_GUEST);
  reservation.status = STATUS.reserved | STATUS.emailVerified | STATUS.confirmed;
  yield play.tell(reservation, "reservation_confirmed", BY_STAFF);
}

function* quotation(play: Play): Calls {
  const reservation = play.reserve({ status: STATUS.emailVerified | STATUS.quotation });
  yield play.tell(reservation, "new_price_quotation", BY_GUEST);
  reservation.status = STATUS.reserved | STATUS.emailVerified;
  yield play.tell(reservation, "new_verified_reservation", BY_GUEST);
}

function* noShow(play: Play): Calls {
  const reservation = yield* confirmed(play);
  yield* paid(play, reservation, Math.round(reservation.priceMinor / 4));
  reservation.status |= STATUS.noShow;
  yield play.tell(reservation, "noshow", BY_STAFF);
}

function* reconfirmed(play: Play): Calls {
  const reservation = yield* confirmed(play);
  reservation.status &= ~STATUS.confirmed;
  yield play.tell(reservation, "confirmed_cleared", BY_STAFF);
  reservation.status |= STATUS.confirmed;
  yield play.tell(reservation, "reservation_confirmed", BY_STAFF);
}

function* removed(play: Play): Calls {
  const reservation = yield* requested(play);
  reservation.status |= STATUS.cancelledByCustomer;
  yield play.tell(reservation, "reservation_user_canceled", BY_GUEST);
  play.remove(reservation);
  yield play.tell(reservation, "reservation_removed", BY_STAFF);
}

function* packaged(play: Play): Calls {
  const children = PACKAGE.contents.map(({ id }) => id);
  const parent = play.reserve({ packageContents: children }, PACKAGE);
  yield* confirm(play, parent);
  const { start, end } = parent;
  const child = play.reserve({ start, end, affectedResources: [PACKAGE.id] }, RESOURCES[0]);
  yield* confirm(play, child);
}

/** Two reservations in one cart: one notification each. */
function* cart(play: Play): Calls {
  const cartId = String(880_000 + play.number);
  for (const resource of RESOURCES.slice(0, 2)) {
    const reservation = play.reserve({ cartId }, resource);
    yield play.tell(reservation, "new_verified_reservation", BY_GUEST);
  }
}

/** Lives of reservations. */
export const RESERVATION_STORIES: readonly (readonly [string, Story])[] = [
  ["rental", rental],
  ["cancelled-by-guest", cancelledByGuest],
  ["cancelled-by-staff", cancelledByStaff],
  ["auto-cancelled", autoCancelled],
  ["modified", modified],
  ["price-updated", priceUpdated],
  ["products", products],
  ["waitlist", waitlist],
  ["quotation", quotation],
  ["no-show", noShow],
  ["reconfirmed", reconfirmed],
  ["removed", removed],
  ["package", packaged],
  ["cart", cart],
];
