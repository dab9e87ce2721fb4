import type { Deal } from "#sdk/crm";

export const STATES = ["lead", "opportunity", "converted", "won", "lost", "cancelled"] as const;
export type State = (typeof STATES)[number];

const OUTCOMES: Readonly<Record<Deal["outcome"], State>> = {
  open: "lead",
  won: "won",
  lost: "lost",
};

/** Tryton asks for party and employee in the others. */
export const FREE: readonly State[] = ["lead", "lost", "cancelled"];

/** What the settings say where that is a state of Tryton, else by what has become of the booking. */
export function stateOf({ stage, outcome }: Pick<Deal, "stage" | "outcome">): State {
  return STATES.find((state) => state === stage) ?? OUTCOMES[outcome];
}
