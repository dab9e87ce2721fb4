import { ANNA, type CrmStory, OLA, total } from "./story.ts";

const LATER = { date: "2026-05-01", timeZone: "Europe/Oslo" };

const CONTACT = {
  name: "Anna Berg§",
  email: "anna.§@example.com",
  phone: "+47900§",
  language: "nb",
  country: "NO",
  bookings: 1,
  spent: ["180.00 EUR"],
  firstBookedOn: "2026-03-01",
  lastBookedOn: "2026-03-01",
  nextStayOn: "2026-03-14",
  tags: ["guest"],
  consent: "unknown",
};

/** Who is who. */
export const guestStories: readonly CrmStory[] = [
  {
    title: "a new guest",
    steps: [{ see: {} }],
    contacts: [CONTACT],
    deals: [
      {
        ...{ booking: 1, stage: "won", amount: "180.00 EUR" },
        ...{ startsOn: "2026-03-14", contact: "anna.§" },
      },
    ],
  },
  {
    title: "the same guest again",
    steps: [{ see: {} }, { booking: 2, see: { ...total("90.00"), start: LATER } }],
    contacts: [{ ...CONTACT, bookings: 2, spent: ["270.00 EUR"], lastBookedOn: "2026-03-02" }],
    deals: [
      { booking: 1, amount: "180.00 EUR", contact: "anna.§" },
      { booking: 2, amount: "90.00 EUR", contact: "anna.§" },
    ],
  },
  {
    title: "the same guest, and the address is spelt otherwise",
    steps: [
      { see: { customer: { ...ANNA, id: undefined } as never } },
      {
        booking: 2,
        see: { customer: { firstName: "ANNA", lastName: "BERG§", email: " Anna.§@Example.com " } },
      },
    ],
    contacts: [{ email: "anna.§@example.com", bookings: 2, phone: "+47900§" }],
  },
  {
    title: "another guest",
    steps: [{ see: {} }, { booking: 2, see: { customer: OLA } }],
    contacts: [
      { name: "Anna Berg§", bookings: 1 },
      { name: "Ola Vik§", email: "ola.§@example.com", bookings: 1 },
    ],
  },
  {
    title: "a guest whom the source knows by number changes the address",
    steps: [
      { see: {} },
      { booking: 2, see: { customer: { ...ANNA, email: "anna.new.§@example.com" } } },
    ],
    contacts: [{ name: "Anna Berg§", email: "anna.new.§@example.com", bookings: 2 }],
  },
];
