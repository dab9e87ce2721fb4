import { ANNA, type CrmStory, OLA, total } from "./story.ts";

const YES = { custom: { newsletter: "Yes" } };
const NO = { custom: { newsletter: "no" } };
const OLA_AT_ANNAS = { ...OLA, email: ANNA.email };
const OLA_ONCE = { name: "Ola Vik§", email: "anna.§@example.com", bookings: 1 };
const ONCE = { name: "Anna Berg§", email: "anna.§@example.com", bookings: 1 };
const NOW_200 = { ...ONCE, spent: ["200.00 EUR"] };

/** What people do at the other side, what they want, and what they take back. */
export const officeStories: readonly CrmStory[] = [
  {
    title: "edited by the office",
    steps: [
      { see: {} },
      { office: "edit", contact: "anna.§", phone: "+491519999999" },
      { see: total("200.00") },
    ],
    contacts: [{ ...NOW_200, phone: "+491519999999" }],
  },
  {
    title: "edited by the office, and the booking counts",
    settings: { onOfficeEdit: "overwrite" },
    steps: [
      { see: {} },
      { office: "edit", contact: "anna.§", phone: "+491519999999" },
      { see: total("200.00") },
    ],
    contacts: [{ ...NOW_200, phone: "+49151§" }],
  },
  {
    title: "deleted by the office",
    steps: [{ see: {} }, { office: "remove", contact: "anna.§" }, { see: total("200.00") }],
    contacts: [],
  },
  {
    title: "deleted by the office, and told again",
    steps: [
      { see: {} },
      { office: "remove", contact: "anna.§" },
      { see: total("200.00") },
      { booking: 2, see: {} },
      { again: "in order" },
    ],
    contacts: [],
  },
  {
    title: "deleted by the office, and a note about the booking is due",
    settings: { notes: true },
    steps: [
      { see: {} },
      { office: "remove", contact: "anna.§" },
      { see: { status: "checked_in" } },
      { again: "in order" },
    ],
    contacts: [],
  },
  {
    title: "deleted by the office, and wanted all the same",
    settings: { whenDeleted: "recreate" },
    steps: [{ see: {} }, { office: "remove", contact: "anna.§" }, { see: total("200.00") }],
    contacts: [NOW_200],
  },
  {
    title: "merged by the office",
    steps: [
      { see: {} },
      { booking: 2, see: { customer: OLA } },
      { office: "merge", contact: "ola.§", into: "anna.§" },
      { booking: 2, see: { ...total("200.00"), customer: OLA } },
      { again: "in order" },
    ],
    contacts: [{ name: "Anna Berg§", email: "anna.§@example.com" }],
  },
  {
    title: "erased here",
    steps: [{ see: {} }, { booking: 2, see: {} }, { erase: 1 }],
    contacts: [],
  },
  {
    title: "erased here, and told again",
    steps: [{ see: {} }, { erase: 1 }, { again: "in order" }, { again: "backwards" }],
    contacts: [],
  },
  {
    title: "erased here, and booked again",
    steps: [{ see: {} }, { erase: 1 }, { booking: 2, see: {} }],
    contacts: [{ name: "Anna Berg§", email: "anna.§@example.com" }],
  },
  {
    title: "blanked at the source",
    steps: [{ see: {} }, { see: { customer: {} } }],
    contacts: [],
    deals: [{ booking: 1, contact: null }],
  },
  {
    title: "blanked at the source, with nothing but the number of the customer left",
    steps: [{ see: {} }, { see: { customer: { id: "c§", name: " ", email: "" } } }],
    contacts: [],
  },
  {
    title: "blanked in one booking of two",
    steps: [{ see: {} }, { booking: 2, see: {} }, { see: { customer: { id: "c§" } } }],
    contacts: [{ name: "Anna Berg§", email: "anna.§@example.com" }],
  },
  {
    title: "no word about being written to",
    steps: [{ see: {} }],
    contacts: [{ ...ONCE, consent: "unknown", isSubscribed: false }],
  },
  {
    title: "consent is given",
    steps: [{ see: YES }],
    contacts: [{ ...ONCE, consent: "yes", isSubscribed: true }],
  },
  {
    title: "consent is given with a later booking",
    steps: [{ see: {} }, { booking: 2, see: YES }],
    contacts: [{ ...ONCE, bookings: 2, consent: "yes", isSubscribed: true }],
  },
  {
    title: "consent is refused",
    steps: [{ see: NO }],
    contacts: [{ ...ONCE, consent: "no", isSubscribed: false }],
  },
  {
    title: "consent is withdrawn",
    steps: [{ see: YES }, { see: NO }],
    contacts: [{ ...ONCE, consent: "no", isSubscribed: false }],
  },
  {
    title: "consent is withdrawn with a later booking",
    steps: [{ see: YES }, { booking: 2, see: NO }],
    contacts: [{ ...ONCE, bookings: 2, consent: "no", isSubscribed: false }],
  },
  {
    title: "consent is given, and refused by another guest behind the address",
    steps: [{ see: YES }, { booking: 2, see: { ...NO, customer: OLA_AT_ANNAS } }],
    contacts: [
      { ...ONCE, consent: "no", isSubscribed: false },
      { ...OLA_ONCE, isEmailShared: true, consent: "no", isSubscribed: false },
    ],
  },
  {
    title: "consent is refused, and given by another guest behind the address",
    steps: [{ see: NO }, { booking: 2, see: { ...YES, customer: OLA_AT_ANNAS } }],
    contacts: [
      { ...ONCE, consent: "no", isSubscribed: false },
      { ...OLA_ONCE, isEmailShared: true, consent: "no", isSubscribed: false },
    ],
  },
  {
    title: "consent is withdrawn with somebody else's address",
    steps: [
      { see: YES },
      { booking: 2, see: { customer: OLA } },
      { booking: 3, see: { ...NO, customer: { ...ANNA, email: OLA.email } } },
    ],
    contacts: [
      { ...ONCE, bookings: 2, consent: "no", isSubscribed: false },
      { name: "Ola Vik§", email: "ola.§@example.com", bookings: 1, consent: "no" },
    ],
  },
  {
    title: "consent is given, and nobody is to be put on the list",
    settings: { subscribe: "never" },
    steps: [{ see: YES }],
    contacts: [{ ...ONCE, consent: "yes", isSubscribed: false }],
  },
  {
    title: "the guest has left the list",
    steps: [
      { see: YES },
      { office: "leave", contact: "anna.§" },
      { see: { ...YES, ...total("200.00") } },
      { booking: 2, see: { ...YES, customer: ANNA } },
    ],
    contacts: [{ email: "anna.§@example.com", bookings: 2, isSubscribed: false }],
  },
];
