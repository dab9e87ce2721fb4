import { z } from "zod";

import type { FactStore } from "../db/fact-store.ts";
import { REFUSED } from "../normalize/source-health.ts";

const Refusal = z.object({
  /** UTC milliseconds. */
  since: z.number().optional(),
  /** In words for the office, without any guest in it. */
  reason: z.string().optional(),
});

export type Refusal = z.output<typeof Refusal>;

/** Whose API refuses us, by connection. What cannot be read still says that it does. */
export async function readRefusals(facts: FactStore): Promise<Map<string, Refusal>> {
  const found = await facts.startingWith(REFUSED);
  return new Map(
    [...found].map(([name, value]) => [name.slice(REFUSED.length), readRefusal(value)] as const),
  );
}

function readRefusal(value: string): Refusal {
  try {
    return Refusal.parse(JSON.parse(value));
  } catch {
    return {};
  }
}
