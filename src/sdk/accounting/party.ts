import { agentCode, guestCode, shortHash } from "../billing-codes.ts";
import type { Booking } from "../booking.ts";
import type { Party } from "./target.ts";
import { oneLine } from "../text.ts";

/** Who a booking is billed to: its agent where the agent owes the money, else the guest. */
export function partyOf(booking: Booking): Party {
  return isBilledToAgent(booking) ? agentParty(booking) : guestParty(booking);
}

/** Money that the guest pays directly is the guest's, whoever made the booking. */
export function isBilledToAgent({ agent, balanceOwedBy }: Booking): boolean {
  return agent !== undefined && balanceOwedBy !== "customer";
}

/** As a hash, because names are not kept with documents: another one is billed anew. */
export function billToOf(booking: Booking): string {
  const { company, taxNumber, customer } = booking;
  if (isBilledToAgent(booking)) return shortHash(agentCode(booking));
  const name = customer?.id === undefined ? nameOf(booking) : customer.id;
  return shortHash([name, company ?? "", taxNumber ?? ""].map(plain).join("|"));
}

function guestParty(booking: Booking): Party {
  const { reference, customer, company, taxNumber, language } = booking;
  const person = nameOf(booking);
  const { street, city, postcode } = customer?.address ?? {};
  return {
    code: guestCode(booking),
    kind: "guest",
    name: oneLine(company ?? "") || person || `Booking ${reference}`,
    ...present({
      contactName: company === undefined || person === "" ? undefined : person,
      company,
      taxNumber,
      email: customer?.email,
      phone: customer?.phone,
      country: /^[A-Z]{2}$/.test(customer?.country ?? "") ? customer?.country : undefined,
      street,
      city,
      postcode,
      language,
    }),
  };
}

function agentParty(booking: Booking): Party {
  const { agent } = booking;
  const code = agentCode(booking);
  return {
    code,
    kind: "agent",
    name: oneLine(agent?.name ?? agent?.code ?? "") || code,
    ...present({ email: agent?.email }),
  };
}

function nameOf({ customer }: Booking): string {
  const { name, firstName, lastName } = customer ?? {};
  return oneLine(name ?? [firstName, lastName].filter((part) => part !== undefined).join(" "));
}

/** Spelling alone makes nobody another person. */
function plain(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll(/\s+/g, " ").trim();
}

/** Without what is empty, and without what no name has: line breaks and other controls. */
function present<T extends object>(parts: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(
    Object.entries(parts)
      .map(([name, value]) => [name, typeof value === "string" ? oneLine(value) : value] as const)
      .filter(([, value]) => value !== undefined && value !== ""),
  ) as { [K in keyof T]?: NonNullable<T[K]> };
}
