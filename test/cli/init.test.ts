import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";

import { configText } from "../../src/cli/init-config.ts";
import { environmentText } from "../../src/cli/init-env.ts";
import { nextSteps } from "../../src/cli/init-next.ts";
import type { InitAnswers } from "../../src/cli/init-questions.ts";
import { sourceOf } from "../../src/cli/init-source.ts";
import { productIntegrations } from "../../src/paths.ts";
import { loadRegistry } from "../../src/registry/registry.ts";
import { environmentOf } from "../../src/settings/environment.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { knownIntegrations } from "../../src/simulate/known-integrations.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { runBellhop, startBellhop } from "../simulate/run-bellhop.ts";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function init(...args: readonly string[]) {
  return runBellhop(["init", "--dir", folder, ...args], { cwd: folder });
}

function written() {
  return {
    config: readFileSync(join(folder, "bellhop.yaml"), "utf8"),
    environment: readFileSync(join(folder, ".env"), "utf8"),
  };
}

function settingsOf(environment: string, more: Readonly<Record<string, string>> = {}) {
  const config = join(folder, "bellhop.yaml");
  return readSettings(environmentOf({ ...parseEnv(environment), BELLHOP_CONFIG: config, ...more }));
}

describe("bellhop init", () => {
  it("writes a configuration for both booking systems that starts as it is", async () => {
    const { code, stderr } = await init("--yes");
    const bellhop = startBellhop(["start"], {
      cwd: folder,
      env: { PORT: "0", LOG_LEVEL: "error" },
    });
    await bellhop.untilSaid(/Bellhop is running/);
    await bellhop.stop();

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { connections, integrations, mail } = settingsOf(written().environment).config;
    expect(Object.keys(connections)).toEqual(["tourcms", "planyo"]);
    expect(Object.keys(integrations)).toEqual(["voucher-mail", "reminders"]);
    expect(mail).toEqual({ mode: "rehearsal", brake: { perHour: 50 } });
  });

  it("writes fresh tokens every time, into a file that only its owner can read", async () => {
    const { code } = await init("--source", "planyo");
    const first = parseEnv(written().environment);
    rmSync(join(folder, ".env"));
    rmSync(join(folder, "bellhop.yaml"));
    await init("--source", "planyo");

    const second = parseEnv(written().environment);
    expect(code).toBe(0);
    expect(statSync(join(folder, ".env")).mode & 0o777).toBe(0o600);
    for (const name of ["PLANYO_TOKEN", "BELLHOP_API_TOKEN"]) {
      expect(first[name]).toMatch(/^[\w-]{32}$/);
      expect(second[name]).not.toBe(first[name]);
    }
    expect(first["PLANYO_API_KEY"]).toBe("");
    expect(written().config).not.toContain("tourcms");
  });

  it("keeps the callback URLs of a start without configuration, which may be in use", async () => {
    mkdirSync(join(folder, "data"));
    const kept = { tourcms: "kept-token-of-tourcms-0123456789" };
    writeFileSync(join(folder, "data/tokens.json"), JSON.stringify(kept));

    const { stdout } = await init("--yes");

    expect(parseEnv(written().environment)["TOURCMS_TOKEN"]).toBe(kept.tourcms);
    expect(stdout).toContain("The callback URLs stay those of the start without a configuration.");
  });

  it.each(["bellhop.yaml", ".env"])(
    "never touches a %s that is there, and writes nothing",
    async (name) => {
      writeFileSync(join(folder, name), "mine");

      const { code, stderr } = await init("--yes");

      const other = name === ".env" ? "bellhop.yaml" : ".env";
      expect(code).toBe(1);
      expect(stderr).toContain(`${join(folder, name)} exists and stays as it is`);
      expect(readFileSync(join(folder, name), "utf8")).toBe("mine");
      expect(existsSync(join(folder, other))).toBe(false);
    },
  );

  it("says what to do next, and hides tokens where the words may be kept", async () => {
    const { stdout } = await init("--source", "tourcms");

    const token = parseEnv(written().environment)["TOURCMS_TOKEN"] ?? "";
    expect(stdout).toContain("accountId, channelId in bellhop.yaml; TOURCMS_API_KEY in .env");
    expect(stdout).toContain(`/hooks/tourcms/${token.slice(0, 4)}…`);
    expect(stdout).not.toContain(token);
  });

  it("takes a booking system that there is not for wrong usage", async () => {
    const { code, stderr } = await init("--source", "harbour");

    expect(code).toBe(2);
    expect(stderr).toContain("Allowed choices are tourcms, planyo, both");
  });
});

describe("what init writes", () => {
  const answers: InitAnswers = {
    sources: ["tourcms", "planyo"],
    name: 'Fjord: "Walks" #1',
    office: "office@example.com",
    language: "nb",
    settings: {
      tourcms: { timeZone: "Europe/Oslo" },
      planyo: { timeZone: "Europe/Oslo" },
    },
  };

  async function write(parts: Partial<InitAnswers> = {}, schemaPath?: string) {
    const all = await knownIntegrations();
    const given = { ...answers, ...parts };
    const sources = given.sources.flatMap((id) =>
      all
        .filter(({ manifest }) => manifest.id === id)
        .map((integration) => sourceOf(integration, given.settings[id])),
    );
    const environment = environmentText(sources, (id) => `token-of-${id}-0123456789`);
    writeFileSync(join(folder, "bellhop.yaml"), configText(given, sources, schemaPath));
    writeFileSync(join(folder, ".env"), environment);
    return { sources, environment };
  }

  it("carries the answers, whatever signs are in them", async () => {
    const { environment } = await write();

    const { config } = settingsOf(environment);
    expect(config.mail).toMatchObject({ mode: "rehearsal", office: "office@example.com" });
    expect(config.connections["tourcms"]).toMatchObject({
      tokens: ["token-of-tourcms-0123456789"],
      name: 'Fjord: "Walks" #1',
      language: "nb",
      settings: { timeZone: "Europe/Oslo" },
    });
  });

  it.each([
    "simple-key_1",
    "with space # and $HOME",
    "quotes ' and \" too",
    "back\\slash\\n",
    "a=b",
  ])("carries the keys that were given: %s", async (apiKey) => {
    const given = { apiKey, accountId: "90001", channelId: "51234", timeZone: "Europe/Oslo" };
    const { environment } = await write({ sources: ["tourcms"], settings: { tourcms: given } });

    const { connections } = await loadRegistry(settingsOf(environment), [productIntegrations]);

    expect(connections.get("tourcms")?.settings).toMatchObject({
      accountId: "90001",
      channels: { "51234": { apiKey } },
      timeZone: "Europe/Oslo",
    });
  });

  it("takes every key of the booking systems, once it is filled in", async () => {
    const { sources, environment } = await write();
    const keys = Object.fromEntries(
      sources
        .flatMap(({ settings }) => settings.flatMap(({ variable }) => variable ?? []))
        .map((name) => [name, `value of ${name}`]),
    );
    const file = join(folder, "bellhop.yaml");
    const filled = readFileSync(file, "utf8").replaceAll(
      /(accountId|channelId|siteId): ""/g,
      '$1: "9"',
    );
    writeFileSync(file, filled);

    const { connections } = await loadRegistry(settingsOf(environment, keys), [
      productIntegrations,
    ]);

    expect(connections.get("tourcms")?.settings).toMatchObject({
      accountId: "9",
      channels: { "9": { apiKey: "value of TOURCMS_API_KEY" } },
    });
    expect(connections.get("planyo")?.settings).toMatchObject({
      siteId: "9",
      apiKey: "value of PLANYO_API_KEY",
      hashKey: "value of PLANYO_HASH_KEY",
    });
  });

  it("has every other key of a booking system as a comment with its default", async () => {
    await write({ sources: ["planyo"] });

    const file = join(folder, "bellhop.yaml");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replaceAll(/^( {6})# (\w+: \S+)$/gm, "$1$2"));
    const { settings } = (
      parse(readFileSync(file, "utf8")) as {
        connections: Record<string, { settings: object }>;
      }
    ).connections["planyo"] ?? { settings: {} };

    const planyo = (await knownIntegrations()).find(({ manifest }) => manifest.id === "planyo");
    const known = planyo ? sourceOf(planyo).settings.map(({ key }) => key) : [];
    expect(Object.keys(settings)).toEqual(known);
  });

  it.each([{ keepsBooks: true as const, kept: ["ledger-file"] }, { kept: [] }])(
    "keeps books where that was wanted, and otherwise says how: $kept",
    async ({ kept, ...wanted }) => {
      const { environment } = await write(wanted);

      const text = readFileSync(join(folder, "bellhop.yaml"), "utf8");
      const { instances } = await loadRegistry(settingsOf(environment), [productIntegrations]);
      expect([...instances.keys()]).toEqual(["voucher-mail", "reminders", ...kept]);
      expect(text).toContain("data/books/main.journal, plain text for hledger and ledger.");
      expect(text.includes("# ledger-file: {}")).toBe(kept.length === 0);
      if (kept.length > 0)
        expect(instances.get("ledger-file")?.settings).toMatchObject({ policy: "deposit" });
    },
  );

  it("names the schema for editors in its first line, where there is one", async () => {
    await write({}, "./bellhop.schema.json");
    const [first] = readFileSync(join(folder, "bellhop.yaml"), "utf8").split("\n");
    await write();
    const [without] = readFileSync(join(folder, "bellhop.yaml"), "utf8").split("\n");

    expect(first).toBe("# yaml-language-server: $schema=./bellhop.schema.json");
    expect(without).not.toContain("$schema");
  });

  it("leads to callback URLs that are shown in full on a person's own terminal", async () => {
    const { sources, environment } = await write();

    const circumstances = { folder, isTerminal: true, areKept: false };
    const words = nextSteps(settingsOf(environment), sources, circumstances);

    expect(words).toContain("http://localhost:8080/hooks/planyo/token-of-planyo-0123456789");
    expect(words).toContain("all go to office@example.com instead of guests");
  });
});
