import type { LoadedConnection } from "../registry/registry.ts";
import type { ConnectionResult } from "../registry/start-checks.ts";
import type { SourceDescription } from "../sdk/source.ts";
import { isSameTimeZone } from "../sdk/time.ts";
import { connectionDefaults, type Settings } from "../settings/settings.ts";
import type { Finding } from "./check-findings.ts";
import { setUpLines } from "./set-up-words.ts";
import { plain } from "./table.ts";
import { yamlLine } from "./yaml-line.ts";

/** Puts beside a connection's finding what the source says of the account. */
export function withSetUp(
  finding: Finding,
  { setUp, whyNoSetUp }: ConnectionResult,
  connection: LoadedConnection,
  settings: Settings,
): Finding {
  if (whyNoSetUp !== undefined) {
    return { ...finding, details: [`how the account is set up cannot be read: ${whyNoSetUp}`] };
  }
  if (!setUp) return finding;
  const details = [...setUpLines(setUp), ...hints(setUp, connection, settings)];
  const fault = zoneFault(setUp, connection, settings);
  // A check that failed has said what is wrong, which may be the time zone.
  if (fault === undefined || finding.state === "failed") return { ...finding, details };
  return { ...finding, state: "failed", line: fault, details: [finding.line, ...details] };
}

/** Every time of every booking is read in this zone. */
function zoneFault(
  { timeZone }: SourceDescription,
  { id, settings }: LoadedConnection,
  { locate }: Settings,
): string | undefined {
  const { timeZone: configured } = settings as { timeZone?: unknown };
  if (timeZone === undefined || typeof configured !== "string") return undefined;
  if (isSameTimeZone(timeZone, configured)) return undefined;
  const place = locate(["connections", id, "settings", "timeZone"]);
  const line = yamlLine("timeZone", plain(timeZone));
  return `the source is in ${plain(timeZone)}, settings.timeZone says ${configured}: write at ${place}: ${line}`;
}

/** Differences that may be meant: guests may know the operator by another name. */
function hints(
  { name, language }: SourceDescription,
  { id, config }: LoadedConnection,
  settings: Settings,
): string[] {
  const used = connectionDefaults(settings, id);
  const hint = (key: "name" | "language", there: string) => {
    const here = config[key] === undefined ? `not set, so it is ${used[key]}` : used[key];
    const place = settings.locate(["connections", id, key]);
    const line = yamlLine(key, plain(there));
    return `hint: ${key} is ${here}; the source says ${plain(there)}; to follow it, write at ${place}: ${line}`;
  };
  return [
    ...(name === undefined || plain(name) === used.name.trim() ? [] : [hint("name", name)]),
    ...(language === undefined || isSameLanguage(language, used.language)
      ? []
      : [hint("language", language)]),
  ];
}

/** `pt-br` for a source that says `pt` is more exact, no difference. */
function isSameLanguage(one: string, other: string): boolean {
  const [first, second] = [one, other].map((tag) => tag.toLowerCase().split("-")[0]);
  return first === second;
}
