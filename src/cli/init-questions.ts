import { z } from "zod";

import { isTimeZone } from "../sdk/time.ts";

/** What `init` has to know. */
export interface InitAnswers {
  /** Ids of integrations. */
  sources: readonly string[];
  /** Of the operator; absent when nobody said. */
  name?: string;
  /** E-mail address of the office. */
  office?: string;
  language: string;
  timeZone: string;
}

/** What is taken when nobody is asked. */
export function standardAnswers(sources: readonly string[]): InitAnswers {
  return { sources, language: "en", timeZone: ownTimeZone() };
}

/**
 * Asks at the terminal.
 *
 * @param names What booking systems are called, by id.
 * @param given Booking systems that were named already.
 * @throws when the person breaks off.
 */
export async function askQuestions(
  names: ReadonlyMap<string, string>,
  given: readonly string[] | undefined,
): Promise<InitAnswers> {
  const { intro, isCancel, outro, select, text } = await import("@clack/prompts");
  const answered = <T>(value: T): Exclude<T, symbol> => {
    if (isCancel(value)) throw new Error("broken off: nothing was written");
    return value as Exclude<T, symbol>;
  };
  intro("A configuration for Bellhop");
  const sources = given ?? answered(await select(sourceQuestion(names)));
  const name = answered(
    await text({ message: "Your name, as guests know it", validate: notEmpty }),
  );
  const office = answered(
    await text({ message: "E-mail address of the office (may stay empty)", validate: mailOrEmpty }),
  );
  const language = answered(
    await text({
      message: "Language of guests who have not chosen one",
      initialValue: "en",
      validate: languageTag,
    }),
  );
  const timeZone = answered(
    await text({
      message: "Time zone of your account",
      initialValue: ownTimeZone(),
      validate: timeZoneName,
    }),
  );
  outro("Thank you.");
  const address = office.trim();
  return {
    sources,
    name: name.trim(),
    ...(address !== "" && { office: address }),
    language: language.trim().toLowerCase(),
    timeZone: timeZone.trim(),
  };
}

function sourceQuestion(names: ReadonlyMap<string, string>) {
  const ids = [...names.keys()];
  const all = ids.length > 1 ? [{ value: ids, label: [...names.values()].join(" and ") }] : [];
  return {
    message: "Your booking system",
    options: [...[...names].map(([id, label]) => ({ value: [id], label })), ...all],
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
