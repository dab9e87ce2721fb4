export interface Product {
  id: string;
  code: string;
  name: string;
  /** Prices in the smallest unit of the channel's currency, tax included. */
  adultMinor: number;
  childMinor: number;
  taxPercent: number;
  startTime: string;
  endTime: string;
  /** Nights between first and last day. */
  nights: number;
  pickup?: { id: string; name: string; time: string; note: string };
  option?: { id: string; name: string; priceMinor: number };
  question?: string;
  hasTickets: boolean;
}

export interface Channel {
  id: string;
  name: string;
  apiKey: string;
  currency: string;
  products: readonly [Product, ...Product[]];
}

export const ACCOUNT = { id: "90001", name: "fjordforest", timeZone: "Europe/Oslo" } as const;

export const AGENT = {
  id: "77",
  code: "SST",
  name: "Smith & Sons Travel Ltd",
  commissionPercent: 10,
} as const;

const FJORD: Channel = {
  id: "51234",
  name: "Fjord & Forest Tours",
  apiKey: "simulated-key-of-channel-51234",
  currency: "EUR",
  products: [
    {
      id: "31",
      code: "RAFT-HD",
      name: "Half day rafting & swim",
      adultMinor: 6500,
      childMinor: 3500,
      taxPercent: 12,
      startTime: "09:00",
      endTime: "12:30",
      nights: 0,
      pickup: { id: "12", name: "Hotel «Øst» & Spa", time: "08:15", note: "At the staff entrance" },
      option: { id: "7", name: "Option: Photo pack <HD>", priceMinor: 1950 },
      question: "Shoe size?",
      hasTickets: true,
    },
    {
      id: "32",
      code: "KAYAK-EVE",
      name: "Evening kayak",
      adultMinor: 9000,
      childMinor: 6000,
      taxPercent: 12,
      startTime: "19:30",
      endTime: "22:00",
      nights: 0,
      hasTickets: false,
    },
    {
      id: "33",
      code: "GLACIER-3D",
      name: "Glacier walk, three days",
      adultMinor: 48900,
      childMinor: 39900,
      taxPercent: 0,
      startTime: "NOTSET",
      endTime: "NOTSET",
      nights: 2,
      pickup: { id: "-1", name: "Pickup on request", time: "", note: "" },
      question: "Any food you do not eat?",
      hasTickets: false,
    },
  ],
};

const KYOTO: Channel = {
  id: "51300",
  name: "Fjord & Forest Tours Japan",
  apiKey: "simulated-key-of-channel-51300",
  currency: "JPY",
  products: [
    {
      id: "41",
      code: "TEA-PM",
      name: "茶道体験 / Tea ceremony",
      adultMinor: 6000,
      childMinor: 3000,
      taxPercent: 10,
      startTime: "14:00",
      endTime: "15:30",
      nights: 0,
      option: { id: "9", name: "Option: Kimono", priceMinor: 4500 },
      hasTickets: true,
    },
  ],
};

export const CHANNELS: readonly [Channel, ...Channel[]] = [FJORD, FJORD, FJORD, KYOTO];
