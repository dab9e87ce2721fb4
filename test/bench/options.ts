import { parseArgs } from "node:util";

export const PARTS = [
  "intake",
  "drain",
  "latency",
  "footprint",
  "lease",
  "jobs",
  "import",
  "timers",
  "books",
  "sync",
] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  parts: ReadonlySet<Part>;
  rounds: number;
  /** Of load, for each candidate in each round. */
  seconds: number;
  json: string;
}

export const HELP = `npm run bench -- [options]

Measures everything in one run on one machine, candidates in turn, so that ratios hold where
absolute figures do not. All parts take about half an hour.

  --only LIST    these parts alone, comma-separated:
                   intake     calls answered a second, beside a bare Express and a hand-written receiver
                   drain      events worked off a second after a burst
                   latency    from a call to its voucher in the mail server
                   footprint  start and memory
                   lease      taking a job from a full store beside an empty one
                   jobs       jobs settled a second, beside BullMQ (needs redis-server)
                   import     100,000 bookings taken over, with five kills on the way
                   timers     planning and firing timers with 200,000 bookings beside none
                   books      documents that have waited, posted a second: a journal, and Tryton
                              beside bare calls of it (needs tryton-server)
                   sync       50,000 bookings to a target with a limit, with two kills on the way
  --rounds N     how often each candidate has its turn (3)
  --seconds N    of load in each turn (3)
  --json FILE    where the figures go as JSON (bench-results.json)
  --help

Without mariadb-server its rows are left out. Exit codes: 0; 1 when an acknowledged request or
an imported booking is missing from a store, or a synced one from its target; 2 wrong usage.
`;

/** @throws Error that says what to write instead. */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", default: PARTS.join() },
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "3" },
      json: { type: "string", default: "bench-results.json" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const parts = values.only.split(",").map((name) => {
    const part = PARTS.find((one) => one === name);
    if (!part) throw new Error(`--only: "${name}": use ${PARTS.join(", ")}`);
    return part;
  });
  return {
    parts: new Set(parts),
    rounds: countOf("rounds", values.rounds),
    seconds: countOf("seconds", values.seconds),
    json: values.json,
  };
}

function countOf(name: string, text: string): number {
  const count = Number(text);
  if (Number.isFinite(count) && count > 0) return count;
  throw new Error(`--${name}: "${text}" is no number above 0`);
}
