import { z } from "zod";

import type { AnyIntegration } from "../registry/loaded-integration.ts";
import type { SourceDescription } from "../sdk/source.ts";
import { isTimeZone } from "../sdk/time.ts";
import { type Account, askAccount } from "./init-account.ts";
import type { Prompts } from "./init-prompts.ts";
import type { GivenSettings } from "./init-source.ts";
import { plain } from "./table.ts";

/** What `init` has to know. */
export interface InitAnswers {
  /** Ids of integrations. */
  sources: readonly string[];
  /** Of the operator; absent when nobody said. */
  name?: string;
  /** E-mail address of the office. */
  office?: string;
  language: string;
  /** Whether bookings and payments are kept as a journal. */
  keepsBooks?: true;
  /** Of each booking system, by its id. */
  settings: Readonly<Record<string, GivenSettings>>;
}

/** What is taken when nobody is asked. */
export function standardAnswers(sources: readonly string[]): InitAnswers {
  const timeZone = ownTimeZone();
  const settings = Object.fromEntries(sources.map((id) => [id, { timeZone }]));
  return { sources, language: "en", settings };
}

/**
 * Asks a person, and the booking systems for what they know themselves.
 *
 * @param integrations Booking systems to choose from.
 * @param given Ids of those that were named already.
 * @throws when the person breaks off.
 */
export async function askQuestions(
  prompts: Prompts,
  integrations: readonly AnyIntegration[],
  given: readonly string[] | undefined,
): Promise<InitAnswers> {
  const sources = given ?? (await askSources(prompts, integrations));
  const accounts = new Map<string, Account>();
  for (const integration of integrations) {
    const { id } = integration.manifest;
    if (sources.includes(id)) accounts.set(id, await askAccount(prompts, integration));
  }
  const setUps = [...accounts.values()].flatMap(({ setUp }) => setUp ?? []);
  const name = await prompts.text({
    message: "Your name, as guests know it",
    ...proposed(setUps, "name"),
    validate: notEmpty,
  });
  const office = await prompts.text({
    message: "E-mail address of the office (may stay empty)",
    validate: mailOrEmpty,
  });
  const language = await prompts.text({
    message: "Language of guests who have not chosen one",
    initialValue: "en",
    ...proposed(setUps, "language", languageTag),
    validate: languageTag,
  });
  const zones = await askTimeZone(prompts, setUps);
  const keepsBooks = await prompts.confirm(
    "Keep books of bookings and payments, as a plain-text file for hledger or ledger?",
  );
  const address = office.trim();
  return {
    sources,
    name: name.trim(),
    ...(address !== "" && { office: address }),
    language: language.trim().toLowerCase(),
    ...(keepsBooks && { keepsBooks }),
    settings: Object.fromEntries(
      [...accounts].map(([id, account]) => [
        id,
        { ...account.given, timeZone: zones(account.setUp) },
      ]),
    ),
  };
}

function askSources(
  prompts: Prompts,
  integrations: readonly AnyIntegration[],
): Promise<readonly string[]> {
  const each = integrations.map(({ manifest: { id, name } }) => ({ value: [id], label: name }));
  const all = {
    value: integrations.map(({ manifest }) => manifest.id),
    label: each.map(({ label }) => label).join(" and "),
  };
  return prompts.choose("Your booking system", each.length > 1 ? [...each, all] : each);
}

/** What the first booking system says that says it, as the answer to begin with. */
function proposed(
  setUps: readonly SourceDescription[],
  key: "name" | "language",
  faultOf: (text: string) => string | undefined = () => undefined,
): { initialValue?: string } {
  const told = setUps.flatMap((setUp) => setUp[key] ?? []).map(plain);
  const first = told.find((text) => faultOf(text) === undefined);
  return first === undefined ? {} : { initialValue: first };
}

/** @returns the zone of each account: that of its own set-up where it differs from the one asked. */
async function askTimeZone(
  prompts: Prompts,
  setUps: readonly SourceDescription[],
): Promise<(setUp: SourceDescription | undefined) => string> {
  const zoneOf = (setUp: SourceDescription | undefined) =>
    setUp?.timeZone !== undefined && isTimeZone(setUp.timeZone) ? setUp.timeZone : undefined;
  const [first, ...others] = new Set(setUps.flatMap((setUp) => zoneOf(setUp) ?? []));
  const answer = await prompts.text({
    message: "Time zone of your account",
    initialValue: first ?? ownTimeZone(),
    validate: timeZoneName,
  });
  return (setUp) => {
    const own = zoneOf(setUp);
    return own !== undefined && others.includes(own) ? own : answer.trim();
  };
}

function notEmpty(text: string | undefined): string | undefined {
  return text?.trim() ? undefined : "Write a name.";
}

function mailOrEmpty(text = ""): string | undefined {
  const isRight = text.trim() === "" || z.email().safeParse(text.trim()).success;
  return isRight ? undefined : "Write one address, such as office@example.com.";
}

function languageTag(text = ""): string | undefined {
  try {
    return Intl.getCanonicalLocales(text.trim()).length === 1 ? undefined : "Write a language.";
  } catch {
    return "Write a language code, such as en, nb or pt-br.";
  }
}

function timeZoneName(text = ""): string | undefined {
  return isTimeZone(text.trim()) ? undefined : "Write a time zone, such as Europe/Oslo.";
}

function ownTimeZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return isTimeZone(timeZone) ? timeZone : "UTC";
}
