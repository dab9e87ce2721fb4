import { ANNA, type CrmStory, OLA, total } from "./story.ts";

const LATER = { date: "2026-05-01", timeZone: "Europe/Oslo" };
const KARI = { firstName: "Kari", lastName: "Lund§", email: "kari.§@example.com" };

/** Who is who. */
export const guestStories: readonly CrmStory[] = [
  {
    title: "a new guest",
    steps: [{ see: {} }],
    contacts: [
      {
        ...{ name: "Anna Berg§", email: "anna.§@example.com", phone: "+49151§" },
        ...{ language: "nb", country: "DE", bookings: 1, spent: ["180.00 EUR"] },
        ...{ firstBookedOn: "2026-03-01", lastBookedOn: "2026-03-01", nextStayOn: "2026-03-14" },
        ...{ tags: ["guest"], consent: "unknown", isSubscribed: false },
      },
    ],
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
    contacts: [
      {
        ...{ email: "anna.§@example.com", bookings: 2, spent: ["270.00 EUR"] },
        ...{ firstBookedOn: "2026-03-01", lastBookedOn: "2026-03-02", nextStayOn: "2026-03-14" },
      },
    ],
    deals: [
      { booking: 1, amount: "180.00 EUR", contact: "anna.§" },
      { booking: 2, amount: "90.00 EUR", contact: "anna.§" },
    ],
  },
  {
    title: "the same guest, and the address is spelt otherwise",
    steps: [
      { see: { customer: { firstName: "Anna", lastName: "Berg§", email: "anna.§@example.com" } } },
      {
        booking: 2,
        see: { customer: { firstName: "ANNA", lastName: "BERG§", email: " Anna.§@Example.com " } },
      },
    ],
    contacts: [{ email: "anna.§@example.com", bookings: 2 }],
  },
  {
    title: "another guest",
    steps: [{ see: {} }, { booking: 2, see: { customer: OLA } }],
    contacts: [
      { name: "Anna Berg§", email: "anna.§@example.com", bookings: 1 },
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
  {
    title: "the address of a booking is corrected, and the name stays",
    steps: [
      { see: { customer: { ...KARI, email: "kari.lumd.§@example.com" } } },
      { see: { customer: KARI } },
    ],
    contacts: [{ name: "Kari Lund§", email: "kari.§@example.com", bookings: 1 }],
  },
  {
    title: "a guest has another number",
    steps: [{ see: {} }, { see: { customer: { ...ANNA, phone: "+49 170 §" } } }],
    contacts: [{ email: "anna.§@example.com", phone: "+49170§", bookings: 1 }],
  },
  {
    title: "a guest has another name",
    steps: [{ see: {} }, { booking: 2, see: { customer: { ...ANNA, lastName: "Moe§" } } }],
    contacts: [{ name: "Anna Moe§", email: "anna.§@example.com", bookings: 2 }],
  },
  {
    title: "two guests share an address",
    steps: [
      { see: {} },
      { booking: 2, see: { customer: { ...OLA, email: "anna.§@example.com" } } },
    ],
    contacts: [
      { name: "Anna Berg§", email: "anna.§@example.com", bookings: 1 },
      { name: "Ola Vik§", email: "anna.§@example.com", isEmailShared: true, bookings: 1 },
    ],
  },
  {
    title: "two guests share an address, and both come again",
    steps: [
      { see: {} },
      { booking: 2, see: { customer: { ...OLA, email: "anna.§@example.com" } } },
      { booking: 3, see: { customer: { ...OLA, id: "", email: "anna.§@example.com" } } },
      { booking: 4, see: {} },
    ],
    contacts: [
      { name: "Anna Berg§", email: "anna.§@example.com", bookings: 2 },
      { name: "Ola Vik§", email: "anna.§@example.com", isEmailShared: true, bookings: 2 },
    ],
  },
  {
    title: "a guest comes with an address of one's own, then with somebody else's",
    steps: [
      { see: {} },
      { booking: 2, see: { customer: OLA } },
      { booking: 3, see: { customer: { ...ANNA, email: "ola.§@example.com" } } },
    ],
    contacts: [
      { name: "Anna Berg§", email: "anna.§@example.com", bookings: 2 },
      { name: "Ola Vik§", email: "ola.§@example.com", bookings: 1 },
    ],
  },
  {
    title: "a couple shares an address and a name: the address is one contact",
    steps: [
      { see: {} },
      { booking: 2, see: { customer: { ...ANNA, id: "", firstName: "Jon", phone: "" } } },
    ],
    contacts: [{ name: "Jon Berg§", email: "anna.§@example.com", bookings: 2 }],
  },
  {
    title: "a family shares a number",
    steps: [
      { see: {} },
      {
        booking: 2,
        see: { customer: { ...ANNA, id: "e§", firstName: "Jon", email: "jon.§@example.com" } },
      },
    ],
    contacts: [
      { name: "Anna Berg§", email: "anna.§@example.com", bookings: 1 },
      { name: "Jon Berg§", email: "jon.§@example.com", bookings: 1 },
    ],
  },
  {
    title: "one guest of two connections",
    steps: [
      { see: {} },
      { booking: 2, see: { connection: "bikes§", customer: { ...ANNA, id: "7§" } } },
    ],
    contacts: [{ name: "Anna Berg§", email: "anna.§@example.com", bookings: 2 }],
    deals: [
      { booking: 1, contact: "anna.§" },
      { booking: 2, contact: "anna.§" },
    ],
  },
  {
    title: "one guest of two connections, by the number alone",
    steps: [
      { see: {} },
      {
        booking: 2,
        see: {
          connection: "bikes§",
          customer: { name: "Anna B.", phone: "0151 §", country: "DE" },
        },
      },
    ],
    contacts: [{ email: "anna.§@example.com", phone: "+49151§", bookings: 2 }],
  },
  {
    title: "the same customer number of two connections is two guests",
    steps: [
      { see: {} },
      { booking: 2, see: { connection: "bikes§", customer: { ...OLA, id: "c§" } } },
    ],
    contacts: [
      { name: "Anna Berg§", email: "anna.§@example.com", bookings: 1 },
      { name: "Ola Vik§", email: "ola.§@example.com", bookings: 1 },
    ],
  },
  {
    title: "a relay address is nobody's contact",
    steps: [{ see: { customer: { ...ANNA, email: "anna.§@guest.booking.com" } } }],
    contacts: [{ name: "Anna Berg§", phone: "+49151§", bookings: 1 }],
  },
  {
    title: "two relay addresses of one guest",
    steps: [
      { see: { customer: { ...ANNA, id: "", email: "x1§@guest.booking.com" } } },
      { booking: 2, see: { customer: { ...ANNA, id: "", email: "x2§@guest.booking.com" } } },
    ],
    contacts: [{ name: "Anna Berg§", phone: "+49151§", bookings: 2 }],
  },
  {
    title: "no address, but a number",
    steps: [
      { see: { customer: { firstName: "Anna", lastName: "Berg§", phone: "+49 151 §" } } },
      { booking: 2, see: { customer: { name: "Anna Berg§", phone: "0049 151 §", country: "DE" } } },
    ],
    contacts: [{ name: "Anna Berg§", phone: "+49151§", bookings: 2 }],
  },
  {
    title: "nothing but a name, twice: nobody knows whether it is one guest",
    steps: [
      { see: { customer: { name: "Anna Berg§" } } },
      { booking: 2, see: { customer: { name: "Anna Berg§" } } },
    ],
    contacts: [
      { name: "Anna Berg§", bookings: 1 },
      { name: "Anna Berg§", bookings: 1 },
    ],
  },
  {
    title: "a guest of whom nothing is known",
    steps: [{ see: { customer: {} } }],
    contacts: [],
    deals: [{ booking: 1, amount: "180.00 EUR", contact: null }],
  },
  {
    title: "names in three scripts",
    steps: [
      { see: { customer: { name: "山田§ 太郎", email: "taro.§@example.com" } } },
      { booking: 2, see: { customer: { name: "Анна Берг§", email: "berg.§@example.com" } } },
      { booking: 3, see: { customer: { name: "Øyvind Åsgård§", email: "aas.§@example.com" } } },
    ],
    contacts: [
      { name: "山田§ 太郎", email: "taro.§@example.com" },
      { name: "Анна Берг§", email: "berg.§@example.com" },
      { name: "Øyvind Åsgård§", email: "aas.§@example.com" },
    ],
  },
  {
    title: "one guest writes the name in another script",
    steps: [
      { see: { customer: { ...ANNA, firstName: "Анна", lastName: "Берг§" } } },
      { booking: 2, see: {} },
    ],
    contacts: [{ name: "Anna Berg§", email: "anna.§@example.com", bookings: 2 }],
  },
  {
    title: "hostile texts",
    steps: [
      {
        see: {
          title: 'Walk"; DROP TABLE guests;--\r\nEND:VEVENT',
          company: "=HYPERLINK(1)\nBerg",
          customer: {
            ...ANNA,
            firstName: '<b>Anna</b>\r\nBCC: x@example.com, "Q"',
            lastName: "Berg§; \\n {{x}}\u0000",
          },
        },
      },
    ],
    contacts: [
      {
        name: '<b>Anna</b> BCC: x@example.com, "Q" Berg§; \\n {{x}}',
        email: "anna.§@example.com",
        company: "=HYPERLINK(1) Berg",
      },
    ],
    deals: [{ booking: 1, stage: "won", contact: "anna.§" }],
  },
];
