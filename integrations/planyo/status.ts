import type { BookingFlags, BookingStatus, Cancellation } from "#sdk";

/** Bits of `status` (Planyo API, type ReservationStatus). Others may come and are ignored. */
export const STATUS = {
  reserved: 1,
  emailVerified: 2,
  confirmed: 4,
  cancelledByStaff: 8,
  cancelledByCustomer: 16,
  checkedIn: 32,
  fraud: 64,
  conflict: 128,
  cancelledBySystem: 512,
  checkedOut: 1024,
  quotation: 2048,
  noShow: 4096,
  waitingList: 8192,
  locked: 16384,
} as const;

export interface StatusReading {
  status: BookingStatus;
  flags: Required<Pick<BookingFlags, "fraud" | "conflict" | "locked">>;
  /** Null: it is not cancelled. */
  cancellation: Pick<Cancellation, "by"> | null;
}

/** @returns undefined when the text is not a sum of bits. */
export function readStatus(text: string): StatusReading | undefined {
  if (!/^\d{1,15}$/.test(text)) return undefined;
  const bits = Number(text);
  const has = (bit: number) => (bits & bit) !== 0;
  const by = cancelledBy(has);
  return {
    status: statusOf(bits, has),
    flags: { fraud: has(STATUS.fraud), conflict: has(STATUS.conflict), locked: has(STATUS.locked) },
    cancellation: by === undefined ? null : { by },
  };
}

/**
 * Bits add up and earlier ones stay set: 11 is reserved, verified and cancelled by staff. So the
 * end of a reservation's life is asked for first, and nothing is compared for equality.
 */
function statusOf(bits: number, has: (bit: number) => boolean): BookingStatus {
  if (cancelledBy(has) !== undefined) return "cancelled";
  if (has(STATUS.noShow)) return "no_show";
  if (has(STATUS.checkedOut)) return "checked_out";
  if (has(STATUS.checkedIn)) return "checked_in";
  if (has(STATUS.waitingList)) return "waitlisted";
  if (has(STATUS.quotation)) return "quoted";
  // Fraud is a flag beside the status; alone it says nothing about how far the reservation got.
  if (bits === STATUS.fraud) return "requested";
  if (!has(STATUS.reserved)) return "draft";
  return has(STATUS.confirmed) ? "confirmed" : "requested";
}

function cancelledBy(has: (bit: number) => boolean): Cancellation["by"] {
  if (has(STATUS.cancelledByStaff)) return "staff";
  if (has(STATUS.cancelledByCustomer)) return "customer";
  return has(STATUS.cancelledBySystem) ? "system" : undefined;
}
