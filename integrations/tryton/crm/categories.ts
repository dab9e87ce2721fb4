import { z } from "zod";

import type { Tryton } from "../client.ts";
import { asId } from "../wire.ts";

/** Ids of the categories that our tags are, made where they are not there. */
export async function categoriesOf(tags: readonly string[], tryton: Tryton): Promise<number[]> {
  const domain = [
    ["name", "in", tags],
    ["parent", "=", null],
  ];
  const shape = { id: asId, name: z.string() };
  const there = await tryton.searchRead("party.category", domain, shape);
  const ids: number[] = [];
  for (const tag of tags) {
    const found = there.find(({ name }) => name === tag);
    ids.push(found?.id ?? (await tryton.create("party.category", { name: tag })));
  }
  return ids;
}
