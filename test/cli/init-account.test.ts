import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import planyo from "../../integrations/planyo/index.ts";
import tourcms from "../../integrations/tourcms/index.ts";
import { configText } from "../../src/cli/init-config.ts";
import { environmentText } from "../../src/cli/init-env.ts";
import { nextSteps } from "../../src/cli/init-next.ts";
import type { Prompts } from "../../src/cli/init-prompts.ts";
import { askQuestions } from "../../src/cli/init-questions.ts";
import { sourceOf } from "../../src/cli/init-source.ts";
import type { AnyIntegration } from "../../src/registry/loaded-integration.ts";
import { environmentOf } from "../../src/settings/environment.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { freePort, temporaryFolder } from "../harness/servers.ts";
import { command } from "./command.ts";
import { serveSimulated, type SimulatedAccount } from "./simulated-account.ts";

let folder: string;
let accounts: SimulatedAccount[];
beforeEach(() => {
  folder = temporaryFolder();
  accounts = [];
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await Promise.all(accounts.map((account) => account.close()));
});

/** A person who has these answers ready; what is not among them stays as it is proposed. */
function person(answers: Readonly<Record<string, string | string[]>> = {}, retries = 0) {
  const said: string[] = [];
  const asked: { message: string; proposed: string | undefined }[] = [];
  const times = new Map<string, number>();
  let retriesLeft = retries;
  const answer = (message: string, proposed: string | undefined) => {
    asked.push({ message, proposed });
    const key = Object.keys(answers).find((words) => message.startsWith(words));
    const given = key === undefined ? (proposed ?? "") : (answers[key] ?? "");
    const time = times.get(key ?? "") ?? 0;
    times.set(key ?? "", time + 1);
    return typeof given === "string" ? given : (given[time] ?? "");
  };
  const prompts: Prompts = {
    say: (text) => said.push(text),
    choose: () => Promise.reject(new Error("not part of this test")),
    text: ({ message, initialValue }) => Promise.resolve(answer(message, initialValue)),
    secret: (message) => Promise.resolve(answer(message, undefined)),
    confirm: () => Promise.resolve(retriesLeft-- > 0),
  };
  const proposedFor = (words: string) =>
    asked.find(({ message }) => message.startsWith(words))?.proposed;
  return { prompts, said, asked, proposedFor };
}

/** The integration, with its API here instead of where the booking system has it. */
function at(integration: AnyIntegration, apiBaseUrl: string): AnyIntegration {
  const { describe: readSetUp } = integration;
  if (!readSetUp) throw new Error("this integration describes nothing");
  return {
    ...integration,
    describe: (context) =>
      readSetUp({ ...context, config: { ...(context.config as object), apiBaseUrl } }),
  };
}

async function served(integration: AnyIntegration): Promise<AnyIntegration> {
  const account = await serveSimulated(integration);
  accounts.push(account);
  return at(integration, account.url);
}

const TOURCMS = {
  "TourCMS apiKey": "demo-channel-key-AbC123",
  "TourCMS accountId": "90001",
  "TourCMS channelId": "51234",
};
const PLANYO = {
  "Planyo apiKey": "simulated-api-key",
  "Planyo siteId": "77001",
  "Planyo hashKey": "simulated-hash-key",
};
const NAME = "Your name, as guests know it";
const LANGUAGE = "Language of guests";
const ZONE = "Time zone of your account";

/** Writes both files as `init` does. */
async function initialize(
  integrations: readonly AnyIntegration[],
  prompts: Prompts,
): Promise<{ config: string; environment: string; words: string }> {
  const ids = integrations.map(({ manifest }) => manifest.id);
  const answers = await askQuestions(prompts, integrations, ids);
  const sources = integrations.map((one) => sourceOf(one, answers.settings[one.manifest.id]));
  const environment = environmentText(sources, (id) => `token-of-${id}-0123456789`);
  const config = configText(answers, sources, undefined);
  writeFileSync(join(folder, "bellhop.yaml"), config);
  const circumstances = { folder, isTerminal: true, areKept: false };
  return { config, environment, words: nextSteps(settingsOf(environment), sources, circumstances) };
}

function variablesOf(environment: string) {
  const own = {
    BELLHOP_CONFIG: join(folder, "bellhop.yaml"),
    BELLHOP_DATA: join(folder, "data"),
    LOG_LEVEL: "silent",
  };
  return { ...parseEnv(environment), ...own } as Record<string, string>;
}

function settingsOf(environment: string) {
  return readSettings(environmentOf(variablesOf(environment)));
}

describe("init with the key of an account", () => {
  it("says what TourCMS says, proposes it, and writes what fits the account", async () => {
    const { prompts, said, proposedFor } = person(TOURCMS);

    const { environment } = await initialize([await served(tourcms)], prompts);

    expect(said).toEqual([
      "Asking TourCMS …",
      "TourCMS says: Fjord & Forest Tours, Europe/Oslo, EUR, en, 1 channel",
    ]);
    expect([NAME, LANGUAGE, ZONE].map(proposedFor)).toEqual([
      "Fjord & Forest Tours",
      "en",
      "Europe/Oslo",
    ]);
    expect(settingsOf(environment).config.connections["tourcms"]).toMatchObject({
      name: "Fjord & Forest Tours",
      language: "en",
      settings: {
        accountId: "90001",
        channelId: "51234",
        apiKey: "demo-channel-key-AbC123",
        timeZone: "Europe/Oslo",
      },
    });
  });

  it("does the same with a Planyo site, and what it wrote passes the check", async () => {
    const { prompts, said } = person(PLANYO);
    const system = await served(planyo);

    const { config, environment } = await initialize([system], prompts);

    expect(said[1]).toBe("Planyo says: Refugi de la Riera, Europe/Madrid, ca, 4 resources");
    const apiBaseUrl = `apiBaseUrl: ${accounts[0]?.url ?? ""}`;
    writeFileSync(
      join(folder, "bellhop.yaml"),
      config.replace(/# apiBaseUrl: \S+/, () => apiBaseUrl),
    );
    const { code, out } = await command({ env: variablesOf(environment) }, "check", "planyo");
    expect({ code, out }).toEqual({ code: 0, out: expect.not.stringContaining("hint") as string });
  });

  it("keeps keys out of bellhop.yaml and of what is said", async () => {
    const { prompts, said } = person({ ...PLANYO, "Planyo hashKey": 'it\'s "#1" key' });

    const { config, environment, words } = await initialize([await served(planyo)], prompts);

    for (const text of [config, words, said.join("\n")]) {
      expect(text).not.toContain("simulated-api-key");
      expect(text).not.toContain("#1");
    }
    expect(parseEnv(environment)).toMatchObject({
      PLANYO_API_KEY: "simulated-api-key",
      PLANYO_HASH_KEY: 'it\'s "#1" key',
    });
  });

  it("asks to fill in only what is still empty", async () => {
    const { prompts } = person({ ...PLANYO, "Planyo hashKey": "" });
    const full = person(PLANYO);

    const some = await initialize([await served(planyo)], prompts);
    const none = await initialize([await served(planyo)], full.prompts);

    expect(some.words).toMatch(/1\. Fill in what is empty:\n +Planyo +PLANYO_HASH_KEY in \.env\n/);
    expect(none.words).not.toContain("Fill in");
    expect(none.words).toContain("  1. In .env, set BELLHOP_PUBLIC_URL");
  });

  it("gives each of two accounts its own time zone, and the guests one name", async () => {
    const { prompts, proposedFor } = person({ ...TOURCMS, ...PLANYO });

    const { environment } = await initialize(
      [await served(tourcms), await served(planyo)],
      prompts,
    );

    const { connections } = settingsOf(environment).config;
    expect(proposedFor(NAME)).toBe("Fjord & Forest Tours");
    expect(connections["tourcms"]?.settings["timeZone"]).toBe("Europe/Oslo");
    expect(connections["planyo"]?.settings["timeZone"]).toBe("Europe/Madrid");
  });

  it("lets the person's own answers count", async () => {
    const { prompts } = person({ ...TOURCMS, [NAME]: "Fjord Walks", [ZONE]: "Europe/Berlin" });

    const { environment } = await initialize([await served(tourcms)], prompts);

    expect(settingsOf(environment).config.connections["tourcms"]).toMatchObject({
      name: "Fjord Walks",
      settings: { timeZone: "Europe/Berlin" },
    });
  });
});

describe("init with an account that does not tell", () => {
  const mine = { [NAME]: "Fjord Walks", [ZONE]: "Europe/Oslo" };

  it.each([
    ["TourCMS", tourcms, { ...TOURCMS, "TourCMS apiKey": "wrong" }],
    ["Planyo", planyo, { ...PLANYO, "Planyo apiKey": "wrong" }],
  ])("says that %s refuses the key, and asks plainly", async (name, integration, answers) => {
    const { prompts, said, proposedFor } = person({ ...answers, ...mine });

    const { environment } = await initialize([await served(integration)], prompts);

    expect(said[1]).toMatch(new RegExp(`^${name} cannot be read: .*key`, "i"));
    expect([NAME, LANGUAGE].map(proposedFor)).toEqual([undefined, "en"]);
    expect(Object.values(parseEnv(environment))).toContain("wrong");
  });

  it.each([
    ["TourCMS", tourcms, TOURCMS],
    ["Planyo", planyo, PLANYO],
  ])("says that %s is away, and keeps the key for later", async (name, integration, answers) => {
    const { prompts, said } = person({ ...answers, ...mine });
    const away = at(integration, `http://127.0.0.1:${await freePort()}`);

    const { environment } = await initialize([away], prompts);

    expect(said[1]).toMatch(new RegExp(`^${name} cannot be read: no answer`));
    expect(settingsOf(environment).config.connections).toMatchObject({
      [integration.manifest.id]: { settings: { timeZone: "Europe/Oslo" } },
    });
  });

  it("asks again when the person wants to try another key", async () => {
    const keys = ["wrong", "simulated-api-key"];
    const { prompts, said, proposedFor } = person({ ...PLANYO, "Planyo apiKey": keys }, 1);

    const { environment } = await initialize([await served(planyo)], prompts);

    expect(said.filter((words) => words.startsWith("Asking"))).toHaveLength(2);
    expect(proposedFor(NAME)).toBe("Refugi de la Riera");
    expect(parseEnv(environment)["PLANYO_API_KEY"]).toBe("simulated-api-key");
  });

  it("writes no settings that would keep Bellhop from starting", async () => {
    const wrong = { ...TOURCMS, "TourCMS channelId": "my channel", ...mine };
    const { prompts, said } = person(wrong);

    const { environment } = await initialize([await served(tourcms)], prompts);

    expect(said[1]).toContain("channelId: must be a number");
    expect(accounts[0]?.requests).toEqual([]);
    expect(settingsOf(environment).config.connections["tourcms"]?.settings).toMatchObject({
      channelId: "",
      timeZone: "Europe/Oslo",
    });
    expect(parseEnv(environment)["TOURCMS_API_KEY"]).toBe("");
  });

  it("asks nothing more about an account without a key, and does not call it", async () => {
    const { prompts, said, asked } = person(mine);

    const { config } = await initialize([await served(planyo)], prompts);

    expect(asked.map(({ message }) => message.split(",")[0])).toEqual([
      "Planyo apiKey",
      "Your name",
      "E-mail address of the office (may stay empty)",
      "Language of guests who have not chosen one",
      "Time zone of your account",
    ]);
    expect(said).toEqual([]);
    expect(accounts[0]?.requests).toEqual([]);
    expect(readFileSync(join(folder, "bellhop.yaml"), "utf8")).toBe(config);
  });
});
