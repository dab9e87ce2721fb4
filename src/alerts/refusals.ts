import { z } from "zod";

import type { FactStore } from "../db/fact-store.ts";

const PREFIX = "refused:";

const Refusal = z.object({
  /** UTC milliseconds. */
  since: z.number().optional(),
  /** In words for the office, without any guest in it. */
  reason: z.string().optional(),
});

export type Refusal = z.output<typeof Refusal>;

/** The fact that a source's API refuses us, or cannot be reached; forgotten when it answers again. */
export function refusedFact(connection: string): string {
  return `${PREFIX}${connection}`;
}

/** Whose API refuses us, by connection. What cannot be read still says that it does. */
export async function readRefusals(facts: FactStore): Promise<Map<string, Refusal>> {
  const found = await facts.startingWith(PREFIX);
  return new Map(
    [...found].map(([name, value]) => [name.slice(PREFIX.length), readRefusal(value)] as const),
  );
}

function readRefusal(value: string): Refusal {
  try {
    return Refusal.parse(JSON.parse(value));
  } catch {
    return {};
  }
}
