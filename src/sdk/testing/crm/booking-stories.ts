import { type CrmStory, OLA, total } from "./story.ts";

const AGENT = { id: "9", name: "Reisen§", email: "reisen.§@example.com" };
const MOVED = { date: "2026-03-28", time: "09:00", timeZone: "Europe/Oslo" };
const ANNA_ONCE = { name: "Anna Berg§", email: "anna.§@example.com", bookings: 1 };

/** What becomes of bookings. */
export const bookingStories: readonly CrmStory[] = [
  {
    title: "an agent books for a guest",
    steps: [{ see: { agent: AGENT } }],
    contacts: [ANNA_ONCE],
    companies: ["Reisen§"],
    deals: [{ booking: 1, contact: "anna.§", company: "Reisen§" }],
  },
  {
    title: "the agent's address is not the guest's",
    steps: [
      {
        see: {
          agent: AGENT,
          customer: {
            id: "9",
            firstName: "Anna",
            lastName: "Berg§",
            email: "Reisen.§@example.com",
          },
        },
      },
      {
        booking: 2,
        see: { agent: AGENT, customer: { ...OLA, id: "9", email: "reisen.§@example.com" } },
      },
    ],
    contacts: [
      { name: "Anna Berg§", bookings: 1 },
      { name: "Ola Vik§", phone: "+49160§", bookings: 1 },
    ],
    companies: ["Reisen§"],
  },
  {
    title: "another guest takes the booking over",
    steps: [{ see: {} }, { booking: 2, see: {} }, { booking: 2, see: { customer: OLA } }],
    contacts: [ANNA_ONCE, { name: "Ola Vik§", email: "ola.§@example.com", bookings: 1 }],
    deals: [
      { booking: 1, contact: "anna.§" },
      { booking: 2, contact: "ola.§" },
    ],
  },
  {
    title: "asked for, and not booked yet",
    steps: [{ see: { status: "requested" } }],
    contacts: [{ name: "Anna Berg§", email: "anna.§@example.com", bookings: 0, spent: [] }],
    deals: [{ booking: 1, stage: "open", amount: "180.00 EUR", contact: "anna.§" }],
  },
  {
    title: "asked for, then booked",
    steps: [{ see: { status: "requested" } }, { see: {} }],
    contacts: [{ ...ANNA_ONCE, spent: ["180.00 EUR"] }],
    deals: [{ booking: 1, stage: "won" }],
  },
  {
    title: "a booking is cancelled",
    steps: [{ see: {} }, { booking: 2, see: total("90.00") }, { see: { status: "cancelled" } }],
    contacts: [{ ...ANNA_ONCE, spent: ["90.00 EUR"] }],
    deals: [
      { booking: 1, stage: "lost" },
      { booking: 2, stage: "won" },
    ],
  },
  {
    title: "a booking is moved",
    steps: [{ see: {} }, { see: { start: MOVED } }],
    contacts: [{ ...ANNA_ONCE, nextStayOn: "2026-03-28" }],
    deals: [{ booking: 1, startsOn: "2026-03-28" }],
  },
  {
    title: "the price goes up",
    steps: [{ see: {} }, { see: total("200.00") }],
    contacts: [{ ...ANNA_ONCE, spent: ["200.00 EUR"] }],
    deals: [{ booking: 1, amount: "200.00 EUR" }],
  },
  {
    title: "the price goes up and down again",
    steps: [{ see: {} }, { see: total("200.00") }, { see: {} }],
    contacts: [{ ...ANNA_ONCE, spent: ["180.00 EUR"] }],
    deals: [{ booking: 1, amount: "180.00 EUR" }],
  },
  {
    title: "a guest who does not come",
    steps: [{ see: {} }, { see: { status: "no_show" } }],
    contacts: [ANNA_ONCE],
    deals: [{ booking: 1, stage: "missed" }],
  },
  {
    title: "two currencies are two sums",
    steps: [{ see: {} }, { booking: 2, see: total("90.00", "USD") }],
    contacts: [{ email: "anna.§@example.com", bookings: 2, spent: ["180.00 EUR", "90.00 USD"] }],
  },
  {
    title: "told again and again",
    steps: [{ see: {} }, { see: total("200.00") }, { again: "in order" }, { again: "in order" }],
    contacts: [{ ...ANNA_ONCE, spent: ["200.00 EUR"] }],
    deals: [{ booking: 1, amount: "200.00 EUR" }],
  },
  {
    title: "told in the wrong order",
    steps: [
      { see: { status: "requested" } },
      { see: {} },
      { booking: 2, see: { customer: OLA } },
      { see: { status: "cancelled" } },
      { again: "backwards" },
    ],
    contacts: [
      { name: "Anna Berg§", email: "anna.§@example.com", bookings: 0 },
      { name: "Ola Vik§", email: "ola.§@example.com", bookings: 1 },
    ],
    deals: [
      { booking: 1, stage: "lost" },
      { booking: 2, stage: "won" },
    ],
  },
  {
    title: "the newer booking is worked off first",
    steps: [{ see: {}, isLate: true }, { booking: 2, see: total("90.00") }, { late: true }],
    contacts: [{ email: "anna.§@example.com", bookings: 2, spent: ["270.00 EUR"] }],
    deals: [
      { booking: 1, amount: "180.00 EUR", contact: "anna.§" },
      { booking: 2, amount: "90.00 EUR", contact: "anna.§" },
    ],
  },
  {
    title: "what was booked before Bellhop was there",
    steps: [{ see: { status: "checked_out" }, origin: "adopted" }],
    contacts: [{ ...ANNA_ONCE, spent: ["180.00 EUR"] }],
  },
];
