import { join } from "node:path";

import type { Settings } from "../settings/settings.ts";
import { hookUrl } from "../receive/hook-url.ts";
import type { InitSource } from "./init-source.ts";

export interface Circumstances {
  folder: string;
  isTerminal: boolean;
  /** Whether callback URLs of a start without configuration go on. */
  areKept: boolean;
}

/** What was written, and what the operator does next. */
export function nextSteps(
  settings: Settings,
  sources: readonly InitSource[],
  { folder, isTerminal, areKept }: Circumstances,
): string {
  const urls = sources.map(({ id, name }) => {
    const token = settings.config.connections[id]?.tokens[0] ?? "";
    return `       ${name.padEnd(9)} ${hookUrl(settings, id, token, undefined, !isTerminal)}`;
  });
  const empty = sources.flatMap(({ name, settings: all }) => {
    const places = emptyPlaces(all);
    return places === "" ? [] : [`       ${name.padEnd(9)} ${places}`];
  });
  const steps = [
    ...(empty.length === 0 ? [] : [["Fill in what is empty:", ...empty]]),
    ["In .env, set BELLHOP_PUBLIC_URL to the address at which booking systems reach Bellhop."],
    ["bellhop check    tries it all", "     bellhop start    runs it (in a checkout: npm start)"],
    [
      "Enter the callback URLs in the booking systems, with the address of BELLHOP_PUBLIC_URL:",
      ...urls,
    ],
  ];
  return [
    "",
    `Written: ${join(folder, "bellhop.yaml")}`,
    `         ${join(folder, ".env")} (only you can read it)`,
    ...(areKept ? ["The callback URLs stay those of the start without a configuration."] : []),
    "",
    "Next:",
    ...steps.flatMap(([first = "", ...rest], index) => [`  ${index + 1}. ${first}`, ...rest]),
    ...(isTerminal ? [] : ['       ("bellhop urls" prints them in full)']),
    "",
    `Mails: ${mailWords(settings)} With mail.mode live guests get them.`,
    "",
    "",
  ].join("\n");
}

function emptyPlaces(all: InitSource["settings"]): string {
  const settings = all.filter(({ value }) => value === undefined);
  const inConfig = settings.filter(({ standard, variable }) => !variable && standard === undefined);
  const inEnvironment = settings.flatMap(({ variable }) => variable ?? []);
  const places = [
    ...(inConfig.length > 0
      ? [`${inConfig.map(({ key }) => key).join(", ")} in bellhop.yaml`]
      : []),
    ...(inEnvironment.length > 0 ? [`${inEnvironment.join(", ")} in .env`] : []),
  ];
  return places.join("; ");
}

function mailWords({ config }: Settings): string {
  const { office } = config.mail;
  return office === undefined
    ? "they are only written to data/outbox (set mail.office to get them there)."
    : `all go to ${office} instead of guests.`;
}
