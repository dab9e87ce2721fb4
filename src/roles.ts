import { SettingsError } from "./settings/settings-error.ts";

/** What a process does. Any number of processes of each kind work on one MySQL database. */
export type Role = "receive" | "work" | "console";

const ALL: readonly Role[] = ["receive", "work", "console"];

/** @param text `all`, or a comma-separated list such as `receive,console`. */
export function parseRoles(text: string): ReadonlySet<Role> {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("all")) return new Set(ALL);
  const unknown = names.find((name) => !ALL.some((role) => role === name));
  if (unknown !== undefined) {
    throw new SettingsError([`--role: unknown role "${unknown}": use all, ${ALL.join(", ")}`]);
  }
  return new Set(ALL.filter((role) => names.includes(role)));
}
