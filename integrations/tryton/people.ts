import { z } from "zod";

import { ConfigurationError } from "#sdk";

import type { Company } from "./books.ts";
import type { Tryton } from "./client.ts";
import { asId } from "./wire.ts";

/** Whose opportunities ours are: the employee of the settings, else the user's own. */
export async function readEmployee(
  tryton: Tryton,
  company: Company,
  wanted: string | number | undefined,
): Promise<number | undefined> {
  if (wanted === undefined) return ownEmployee(tryton);
  const shape = { id: asId, rec_name: z.string() };
  const domain = [["company", "=", company.id]];
  const employees = await tryton.searchRead("company.employee", domain, shape);
  const found = employees.find(({ id, rec_name }) => id === wanted || rec_name === wanted);
  if (found !== undefined) return found.id;
  const names = employees.map(({ rec_name }) => `"${rec_name}"`).join(", ") || "none";
  throw new ConfigurationError(
    `settings.employee: Tryton has no employee "${wanted}"; there are: ${names}`,
  );
}

async function ownEmployee(tryton: Tryton): Promise<number | undefined> {
  const shape = z.object({ employee: asId.nullish() });
  const { employee } = await tryton.ask("model.res.user.get_preferences", [true], shape);
  return employee ?? undefined;
}

/** Ids of Tryton's languages, by their code as lower-case BCP 47. */
export async function readLanguages(tryton: Tryton): Promise<ReadonlyMap<string, number>> {
  const rows = await tryton.searchRead("ir.lang", [], { id: asId, code: z.string() });
  return new Map(rows.map(({ id, code }) => [code.toLowerCase().replaceAll("_", "-"), id]));
}
