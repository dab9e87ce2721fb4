import type { Random } from "./random.ts";

/** A customer of the simulated site. */
export interface Guest {
  id: string;
  firstName: string;
  lastName: string;
  email: string;
  phone: string;
  country: string;
  city: string;
  street: string;
  postcode: string;
  state: string;
  language: string;
  company: string;
  vatNumber: string;
}

type Template = Omit<Guest, "id" | "email" | "phone" | "company" | "vatNumber"> & {
  mailbox: string;
  phonePrefix: string;
  company?: string;
};

const PEOPLE: readonly [Template, ...Template[]] = [
  {
    firstName: "Mercè",
    lastName: "Puig i l’Hostal",
    mailbox: "merce.puig+bici",
    phonePrefix: "+34 655 555",
    country: "ES",
    city: "Girona",
    street: "C/ de la Força, 8, 2n 1a",
    postcode: "17004",
    state: "Girona",
    language: "ca",
    company: "Puig & Filles, S.L.",
  },
  {
    firstName: "Fionn",
    lastName: "O'Malley",
    mailbox: "fionn",
    phonePrefix: "+353 21 555",
    country: "IE",
    city: "Cork",
    street: 'Unit 4; "The Yard"',
    postcode: "T12 AB34",
    state: "",
    language: "en",
  },
  {
    firstName: "美咲",
    lastName: "高橋",
    mailbox: "m.takahashi",
    phonePrefix: "+81 75 555",
    country: "JP",
    city: "京都市",
    street: "下京区1-2-3",
    postcode: "600-8216",
    state: "京都府",
    language: "ja",
  },
  {
    firstName: "ليلى",
    lastName: "الحداد",
    mailbox: "layla",
    phonePrefix: "+965 5555",
    country: "KW",
    city: "Kuwait City",
    street: "",
    postcode: "",
    state: "",
    language: "ar",
  },
  {
    firstName: "Σοφία",
    lastName: "Παπαδάκη",
    mailbox: "sofia",
    phonePrefix: "+30 28 1555",
    country: "GR",
    city: "Ηράκλειο",
    street: "Οδός 25ης Αυγούστου 7",
    postcode: "712 02",
    state: "Κρήτη",
    language: "el",
  },
  {
    firstName: "Åse",
    lastName: "Bjørnstad",
    mailbox: "aase",
    phonePrefix: "+47 55 55",
    country: "NO",
    city: "Bergen",
    street: "Nye Sandviksvei 12",
    postcode: "5003",
    state: "",
    language: "nb",
    company: "Bjørnstad Turlag SA",
  },
  {
    firstName: "Юлія",
    lastName: "Коваленко",
    mailbox: "yuliia.k",
    phonePrefix: "+380 44 555",
    country: "UA",
    city: "Київ",
    street: "вул. Садова, 3",
    postcode: "01001",
    state: "",
    language: "uk",
  },
  {
    firstName: "Jörg",
    lastName: "Groß-Weiß",
    mailbox: "joerg",
    phonePrefix: "+49 30 5550",
    country: "DE",
    city: "Köln",
    street: "Große Straße 1 <Hinterhaus>",
    postcode: "50667",
    state: "NRW",
    language: "de",
  },
];

/** Makes up a guest. The same number is the same person. */
export function makeGuest(number: number, random: Random): Guest {
  const { mailbox, phonePrefix, company, ...person } = random.pick(PEOPLE);
  return {
    ...person,
    id: String(50_000 + number),
    email: `${mailbox}.${number}@example.com`,
    phone: `${phonePrefix} ${String(number % 10_000).padStart(4, "0")}`,
    company: company ?? "",
    vatNumber: company ? `${person.country}00000${String(number % 1000).padStart(3, "0")}` : "",
  };
}

const COMMENTS: readonly [string, ...string[]] = [
  "",
  "Arribem tard, cap a les 22:00.\r\nGràcies!",
  "Two child seats, please & a pump",
  "<b>Vegetarian</b> breakfast",
  "犬と一緒に行きます 🐕",
];

export function makeComment(random: Random): string {
  return random.pick(COMMENTS);
}
