import { oneOf } from "./filters.ts";
import type { List } from "./list.ts";
import { planOf, type Table, term } from "./plan.ts";
import { presentInstant } from "./present.ts";
import { REPLAY_KINDS, REPLAY_STATES, type ReplayRow, ReplayStore } from "./replay-store.ts";

/** Grows only by what people do. */
const REPLAYS: Table = {
  name: "replays",
  key: "position",
  ordered: [{ name: "replays_state", columns: ["state"] }],
};

const filters = {
  kind: oneOf(REPLAY_KINDS, "What is replayed"),
  state: oneOf(REPLAY_STATES, "`open` until all are back in line"),
};

/** What was done again by filters, newest first. */
export const replayList: List<typeof filters, ReplayRow> = {
  name: "replays",
  filters,
  plan: ({ kind, state }) =>
    planOf(REPLAYS, [...term("state", "=", state), ...term("kind", "=", kind)], []),
  read: (db, keys) => new ReplayStore(db).byPositions(keys),
  present: presentReplay,
};

export function presentReplay({ id, kind, state, filters, count, moved, createdAt }: ReplayRow) {
  return { id, kind, state, filters, count, moved, createdAt: presentInstant(createdAt) };
}
