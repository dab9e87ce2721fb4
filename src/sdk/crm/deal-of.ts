import { createHash } from "node:crypto";

import { agentCode } from "../billing-codes.ts";
import { oneLine } from "../text.ts";
import { titleOf } from "../title.ts";
import type { Booking, BookingStatus } from "../booking.ts";
import type { Company, Deal } from "./contact.ts";
import { dayOf } from "./days.ts";
import type { CrmSettings } from "./settings.ts";

const OUTCOMES: Readonly<Record<BookingStatus, Deal["outcome"]>> = {
  draft: "open",
  quoted: "open",
  requested: "open",
  waitlisted: "open",
  confirmed: "won",
  checked_in: "won",
  checked_out: "won",
  no_show: "won",
  cancelled: "lost",
  expired: "lost",
  removed: "lost",
};

/** What a CRM is told of a booking. */
export function dealOf(
  booking: Booking,
  { stages }: Pick<CrmSettings, "stages">,
  ids: Pick<Deal, "contactId" | "companyId">,
): Deal {
  const { connection, reference, status, start, end, madeAt, totals, items = [] } = booking;
  const [stage, madeOn] = [stages[status], dayOf(madeAt)];
  return {
    key: `${connection}/${reference}`,
    reference,
    title: titleOf(booking),
    status,
    outcome: OUTCOMES[status],
    ...(stage !== undefined && { stage }),
    ...(totals?.total && { amount: totals.total }),
    ...(madeOn !== undefined && { madeOn }),
    ...(start && { startsOn: start.date }),
    ...(end && { endsOn: end.date }),
    products: items.map(({ name, productCode, quantity, price }) => ({
      name: oneLine(name),
      ...(productCode !== undefined && { code: productCode }),
      ...(quantity !== undefined && { quantity }),
      ...(price && { price }),
    })),
    ...ids,
  };
}

/** The agent of a booking; undefined where there is none, or nothing is known of it. */
export function companyOf(booking: Booking): Company | undefined {
  const { connection, agent } = booking;
  const { id, code, email } = agent ?? {};
  const name = oneLine(agent?.name ?? code ?? "");
  if (!agent || name === "") return undefined;
  const place = id ?? code ?? createHash("sha256").update(name).digest("hex").slice(0, 12);
  return {
    key: `${connection}/agent/${place}`,
    name,
    billingCode: agentCode(booking),
    ...(code !== undefined && { code }),
    ...(email !== undefined && email !== "" && { email: email.trim().toLowerCase() }),
  };
}
