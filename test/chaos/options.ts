import { parseArgs } from "node:util";

export const STORES = ["sqlite", "mariadb", "galera"] as const;
export type StoreName = (typeof STORES)[number];

export interface Options {
  store: StoreName;
  seed: number;
  /** The run is over after so many kills of processes (of nodes on Galera)… */
  kills: number;
  /** …or after this time, whichever comes first. */
  minutes: number;
  /** Calls a second, before bursts and repeats. */
  rate: number;
  isShort: boolean;
  /** Leave these out. */
  without: ReadonlySet<string>;
  json: string;
}

export const HELP = `npm run chaos -- [options]

Breaks a running Bellhop in every way a real installation meets, then proves from the data that
nothing that was answered 200 was lost, no effect was done twice and none out of order.

  --store sqlite|mariadb|galera   what it runs on (sqlite)
  --kills N       end after so many kills of processes, on galera of nodes (200; galera: no limit)
  --minutes M     end after this time at the latest (15; galera: 5)
  --seed S        the same seed plans the same faults (1)
  --rate R        calls a second, before bursts and repeats (40)
  --short         about half a minute, each kind of fault once or more
  --without LIST  leave faults out: kill, database, disk, clock, target (comma-separated)
  --json FILE     where the verdict goes as JSON (chaos-results.json)
  --help

Exit codes: 0 nothing lost, twice, out of order or stuck; 1 something was; 2 wrong usage.
docs/chaos.md says what is done and how to read the table.
`;

const FAULTS = ["kill", "database", "disk", "clock", "target"];

/** @throws Error that says what to write instead. */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      store: { type: "string", default: "sqlite" },
      kills: { type: "string" },
      minutes: { type: "string" },
      seed: { type: "string", default: "1" },
      rate: { type: "string", default: "40" },
      short: { type: "boolean", default: false },
      without: { type: "string", default: "" },
      json: { type: "string", default: "chaos-results.json" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const store = STORES.find((name) => name === values.store);
  if (!store) throw new Error(`--store: "${values.store}": use ${STORES.join(", ")}`);
  const isShort = values.short;
  const usual = usualLength(store, isShort);
  const without = values.without.split(",").filter((name) => name !== "");
  const unknown = without.find((name) => !FAULTS.includes(name));
  if (unknown !== undefined) throw new Error(`--without: "${unknown}": use ${FAULTS.join(", ")}`);
  return {
    store,
    isShort,
    seed: numberOf("seed", values.seed),
    kills: values.kills === undefined ? usual.kills : numberOf("kills", values.kills),
    minutes: values.minutes === undefined ? usual.minutes : numberOf("minutes", values.minutes),
    rate: numberOf("rate", values.rate),
    without: new Set(without),
    json: values.json,
  };
}

function usualLength(store: StoreName, isShort: boolean): { kills: number; minutes: number } {
  if (store === "galera") return { kills: isShort ? 1 : Infinity, minutes: isShort ? 0.5 : 5 };
  return isShort ? { kills: 7, minutes: 0.5 } : { kills: 200, minutes: 15 };
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (text !== "" && Number.isFinite(number) && number >= 0) return number;
  throw new Error(`--${name}: "${text}" is not a number`);
}
