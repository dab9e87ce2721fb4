/** The simulated site: a fictional rental of cabins, bikes and boats. */
export const SITE = {
  id: "77001",
  name: "Refugi de la Riera",
  timeZone: "Europe/Madrid",
  currency: "EUR",
  apiKey: "simulated-api-key",
  hashKey: "simulated-hash-key",
} as const;

/** Local times of a stay, and how many days it lasts. By day: midnight to one minute before. */
export interface Hours {
  from: string;
  to: string;
  days: number;
}

export interface Resource {
  id: string;
  name: string;
  hours: Hours;
  /** Of one unit, in cents. */
  priceMinor: number;
  units: readonly [string, ...string[]];
}

export const RESOURCES: readonly [Resource, ...Resource[]] = [
  {
    id: "3201",
    name: 'Cabana "Roure" & sauna',
    hours: { from: "16:00", to: "11:00", days: 2 },
    priceMinor: 24_000,
    units: ["Roure-1", "Roure-2"],
  },
  {
    id: "3202",
    name: "Bicicleta de muntanya",
    hours: { from: "00:00", to: "23:59", days: 1 },
    priceMinor: 3_250,
    units: ["MTB 07", "MTB 12", "MTB 31"],
  },
  {
    id: "3203",
    name: "Canoa 2p",
    hours: { from: "10:00", to: "14:00", days: 0 },
    priceMinor: 3_500,
    units: ["Blava", "Groga"],
  },
];

/** A package and the resources in it. */
export const PACKAGE: Resource & { contents: readonly Resource[] } = {
  id: "3210",
  name: "Cap de setmana: cabana + canoa",
  hours: { from: "16:00", to: "11:00", days: 2 },
  priceMinor: 26_900,
  units: ["Paquet"],
  contents: RESOURCES.filter(({ id }) => id !== "3202"),
};

export const RETIRED: Pick<Resource, "id" | "name"> = {
  id: "3290",
  name: "Cabana vella — tancada",
};

export const PRODUCT = { id: "811", name: "Esmorzar", priceMinor: 1_775 } as const;
