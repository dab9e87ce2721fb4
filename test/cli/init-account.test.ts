import { afterEach, describe, expect, it } from "vitest";

import planyo from "../../integrations/planyo/index.ts";
import tourcms from "../../integrations/tourcms/index.ts";
import type { Prompts, TextQuestion } from "../../src/cli/init-prompts.ts";
import { askQuestions } from "../../src/cli/init-questions.ts";
import type { AnyIntegration } from "../../src/registry/loaded-integration.ts";
import { freePort } from "../harness/servers.ts";
import { serveSimulated, type SimulatedAccount } from "./simulated-account.ts";

let account: SimulatedAccount | undefined;
afterEach(() => account?.close());

/** Somebody at a terminal: takes what is proposed where nothing else is said. */
class Person implements Prompts {
  readonly said: string[] = [];
  readonly #answers: readonly (readonly [question: RegExp, ...answers: string[]])[];
  readonly #asked = new Map<RegExp, number>();

  constructor(...answers: readonly (readonly [RegExp, ...string[]])[]) {
    this.#answers = answers;
  }

  say(words: string): void {
    this.said.push(words);
  }

  choose<T>(_message: string, options: readonly { value: T; label: string }[]): Promise<T> {
    const [first] = options;
    if (!first) throw new Error("nothing to choose from");
    return Promise.resolve(first.value);
  }

  text({ message, initialValue = "", validate }: TextQuestion): Promise<string> {
    const answer = this.#answerTo(message) ?? initialValue;
    expect(validate?.(answer), message).toBeUndefined();
    return Promise.resolve(answer);
  }

  secret(message: string): Promise<string> {
    return Promise.resolve(this.#answerTo(message) ?? "");
  }

  confirm(message: string): Promise<boolean> {
    return Promise.resolve(this.#answerTo(message) === "yes");
  }

  #answerTo(message: string): string | undefined {
    const known = this.#answers.find(([question]) => question.test(message));
    if (!known) return undefined;
    const [question, ...answers] = known;
    const count = this.#asked.get(question) ?? 0;
    this.#asked.set(question, count + 1);
    return answers[count];
  }
}

/** The integration, whose booking system is somewhere else. */
function at(url: string, integration: AnyIntegration): AnyIntegration {
  return {
    ...integration,
    describe: async (context) => {
      const config = { ...(context.config as object), apiBaseUrl: url };
      const description = await integration.describe?.({ ...context, config });
      return description ?? { parts: [] };
    },
  };
}

async function simulated(integration: AnyIntegration): Promise<AnyIntegration> {
  account = await serveSimulated(integration);
  const { apiBaseUrl } = (integration.simulator?.settings(account.url) ?? {}) as {
    apiBaseUrl?: string;
  };
  return at(apiBaseUrl ?? account.url, integration);
}

/** One of the simulated account's own. */
function keyOf({ simulator }: AnyIntegration, name = "apiKey"): string {
  const text = JSON.stringify(simulator?.settings("http://127.0.0.1"));
  return new RegExp(`"${name}":"([^"]+)"`).exec(text)?.[1] ?? "";
}

const PLANYO = [
  [/Planyo apiKey/, keyOf(planyo)],
  [/Planyo siteId/, "77001"],
  [/Planyo hashKey/, keyOf(planyo, "hashKey")],
] as const;

describe("init reads from the booking system", () => {
  it("which account it is, and proposes what that says", async () => {
    const system = await simulated(tourcms);
    const key = keyOf(tourcms);
    const person = new Person(
      [/TourCMS apiKey/, key],
      [/TourCMS accountId/, "90001"],
      [/TourCMS channelId/, "51234"],
    );

    const answers = await askQuestions(person, [system], undefined);

    expect(person.said).toEqual([
      "Asking TourCMS …",
      "TourCMS says: Fjord & Forest Tours, Europe/Oslo, EUR, en, 1 channel",
    ]);
    expect(answers).toEqual({
      sources: ["tourcms"],
      name: "Fjord & Forest Tours",
      language: "en",
      settings: {
        tourcms: { apiKey: key, accountId: "90001", channelId: "51234", timeZone: "Europe/Oslo" },
      },
    });
  });

  it("a Planyo site", async () => {
    const system = await simulated(planyo);
    const person = new Person(...PLANYO);

    const answers = await askQuestions(person, [system], undefined);

    expect(person.said[1]).toMatch(/^Planyo says: Refugi de la Riera, Europe\/Madrid, ca, \d+ /);
    expect(answers).toMatchObject({
      name: "Refugi de la Riera",
      language: "ca",
      settings: { planyo: { siteId: "77001", timeZone: "Europe/Madrid" } },
    });
  });
});

it("books are kept when somebody wants them", async () => {
  const system = await simulated(planyo);
  const person = new Person(...PLANYO, [/Keep books of bookings and payments/, "yes"]);

  expect(await askQuestions(person, [system], undefined)).toMatchObject({ keepsBooks: true });
});

it("two accounts in different zones each keep their own", async () => {
  const site = await simulated(planyo);
  const first = account;
  const channel = await simulated(tourcms);
  const person = new Person(
    ...PLANYO,
    [/TourCMS apiKey/, keyOf(tourcms)],
    [/TourCMS accountId/, "90001"],
    [/TourCMS channelId/, "51234"],
  );

  const { settings } = await askQuestions(person, [channel, site], ["tourcms", "planyo"]);
  await first?.close();

  expect(settings).toMatchObject({
    tourcms: { timeZone: "Europe/Oslo" },
    planyo: { timeZone: "Europe/Madrid" },
  });
});

describe("init goes on with plain questions", () => {
  it("after a wrong key, when nobody wants to try again", async () => {
    const system = await simulated(tourcms);
    const person = new Person(
      [/TourCMS apiKey/, "wrong-key"],
      [/TourCMS accountId/, "90001"],
      [/TourCMS channelId/, "51234"],
      [/your name/i, "Fjord Walks"],
    );

    const answers = await askQuestions(person, [system], undefined);

    expect(person.said[1]).toMatch(/^TourCMS cannot be read: .*FAIL_SIG/);
    expect(answers).toMatchObject({
      name: "Fjord Walks",
      language: "en",
      settings: { tourcms: { apiKey: "wrong-key" } },
    });
  });

  it("or asks for another key", async () => {
    const system = await simulated(tourcms);
    const person = new Person(
      [/TourCMS apiKey/, "wrong-key", keyOf(tourcms)],
      [/TourCMS accountId/, "90001", "90001"],
      [/TourCMS channelId/, "51234", "51234"],
      [/Try again/, "yes"],
    );

    const { name } = await askQuestions(person, [system], undefined);

    expect(name).toBe("Fjord & Forest Tours");
    expect(person.said.at(-1)).toMatch(/^TourCMS says: /);
  });

  it("when the booking system is away", async () => {
    const system = at(`http://127.0.0.1:${await freePort()}`, planyo);
    const person = new Person(
      [/Planyo apiKey/, "key"],
      [/Planyo siteId/, "77001"],
      [/your name/i, "Fjord Walks"],
    );

    const { name } = await askQuestions(person, [system], undefined);

    expect(person.said[1]).toMatch(/^Planyo cannot be read: /);
    expect(name).toBe("Fjord Walks");
  });

  it("without a key nothing is asked of the booking system", async () => {
    const system = await simulated(tourcms);
    const person = new Person([/your name/i, "Fjord Walks"]);

    const answers = await askQuestions(person, [system], undefined);

    expect(person.said).toEqual([]);
    expect(account?.requests).toEqual([]);
    expect(Object.keys(answers.settings["tourcms"] ?? {})).toEqual(["timeZone"]);
  });

  it("what nobody can read is not written down: Bellhop would not start", async () => {
    const person = new Person(
      [/Planyo apiKey/, "key"],
      [/Planyo siteId/, "seventy-seven"],
      [/your name/i, "Fjord Walks"],
    );

    const answers = await askQuestions(person, [planyo], undefined);

    expect(person.said[1]).toMatch(/^Planyo cannot be read: siteId: /);
    expect(answers.settings["planyo"]).not.toHaveProperty("siteId");
  });
});
