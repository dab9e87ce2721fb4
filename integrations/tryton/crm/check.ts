import { z } from "zod";

import { ConfigurationError, kindOf } from "#sdk";

import type { Desk } from "../desk.ts";
import { problemOf } from "../problem-of.ts";
import { asBoolean } from "../wire.ts";
import { STATES } from "./stages.ts";

const Rights = z.object({
  ...{ read: asBoolean, write: asBoolean, create: asBoolean, delete: asBoolean },
});
type Right = keyof z.infer<typeof Rights>;

const PARTIES = "Party Administration";

/** What the user has to be allowed, and the group that allows it. */
const NEEDED: readonly { model: string; rights: readonly Right[]; group: string }[] = [
  { model: "party.party", rights: ["read", "write", "create", "delete"], group: PARTIES },
  { model: "party.category", rights: ["read", "create"], group: PARTIES },
];
const NEEDED_FOR_DEALS: typeof NEEDED = [
  { model: "sale.opportunity", rights: ["read", "write", "create"], group: "Sale Opportunity" },
];

/** What is missing for parties and opportunities. */
export async function contactProblems(desk: Desk): Promise<string[]> {
  const { deals } = desk.config;
  const problems = await rightProblems(NEEDED, desk);
  if (!deals) return problems;
  if (!(await hasOpportunities(desk))) {
    return [
      ...problems,
      "Tryton has no opportunities: activate its module sale_opportunity, or set deals: false",
    ];
  }
  return [
    ...problems,
    ...(await rightProblems(NEEDED_FOR_DEALS, desk)),
    ...(await employeeProblems(desk)),
  ];
}

/** Stages of the settings that Tryton has no state for, so that only the note tells them. */
export function contactSilences({ config: { stages } }: Desk): string[] {
  const names = new Set(Object.values(stages));
  const others = [...names].filter((name) => !STATES.some((state) => state === name));
  return others.length === 0 ? [] : [`stages that only the note tells: ${others.join(", ")}`];
}

async function rightProblems(needed: typeof NEEDED, { tryton }: Desk): Promise<string[]> {
  const models = needed.map(({ model }) => model);
  const answer = z.record(z.string(), Rights);
  const all = await tryton.ask("model.ir.model.access.get_access", [models], answer);
  const missing = needed.filter(({ model, rights }) => rights.some((one) => !all[model]?.[one]));
  const groups = new Set(missing.map(({ group }) => group));
  return [...groups].map(
    (group) => `settings.user may not keep contacts: give the user the group ${group}`,
  );
}

/** Asked about a model that is not there, Tryton fails. */
async function hasOpportunities({ tryton }: Desk): Promise<boolean> {
  const models = ["sale.opportunity"];
  try {
    await tryton.ask("model.ir.model.access.get_access", [models], z.unknown());
    return true;
  } catch (error) {
    if (kindOf(error) !== "permanent") throw error;
    return false;
  }
}

async function employeeProblems(desk: Desk): Promise<string[]> {
  return problemOf(async () => {
    if ((await desk.employee()) !== undefined) return;
    throw new ConfigurationError(
      "settings.employee is missing: Tryton wants one for every booking that is won",
    );
  });
}
