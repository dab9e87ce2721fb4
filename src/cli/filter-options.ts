import { type Command, Option } from "commander";
import { z } from "zod";

import { FilterError } from "../queries/filters.ts";

/** `startsFrom` becomes `--starts-from`. */
export function optionName(filter: string): string {
  return `--${filter.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** An option for each filter, with what the filter says about itself. */
export function addFilterOptions(command: Command, filters: z.ZodRawShape): void {
  let hasTimes = false;
  for (const [name, schema] of Object.entries(filters)) {
    const { description = "", enum: values, format } = z.toJSONSchema(schema, { io: "input" });
    const isShort = values !== undefined && values.length <= 12;
    const choices = isShort ? ` (${values.join(", ")})` : "";
    const said = description.replaceAll("`", "");
    const value = KINDS[format ?? ""] ?? "value";
    const option = new Option(`${optionName(name)} <${value}>`, lowerFirst(said) + choices);
    command.addOption(value === "time" ? option.argParser(timeOf) : option);
    hasTimes ||= value === "time";
  }
  if (hasTimes) command.addHelpText("after", "\nTimes are UTC: 2026-03-14, or 2026-03-14T08:00Z.");
}

const KINDS: Readonly<Record<string, string>> = { "date-time": "time", date: "date" };

/** Also a day, and a time as lists show it; all of it in UTC, as lists are. */
function timeOf(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${text}T00:00:00Z`;
  return text.replace(/^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)Z$/, "$1T$2:00Z");
}

/** Runs the work; wrong filters end as wrong usage, named as the options they came from. */
export async function asUsage<T>(command: Command, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const lines = error.problems.map(({ field, detail }) =>
      field === "filters" ? `error: ${detail}` : `error: ${optionName(field)}: ${detail}`,
    );
    return command.error(lines.join("\n"));
  }
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
