import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";

import { productIntegrations } from "../../src/paths.ts";
import { loadRegistry } from "../../src/registry/registry.ts";
import { environmentOf } from "../../src/settings/environment.ts";
import { SettingsError } from "../../src/settings/settings-error.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { playableIntegrations } from "../../src/simulate/known-integrations.ts";
import { chooseConnections } from "../../src/simulate/simulated-connections.ts";
import { temporaryFolder } from "../harness/servers.ts";

const TOKEN = "token-of-the-tests-0123456789";

async function registryOf(connections: object) {
  const folder = temporaryFolder();
  const file = join(folder, "bellhop.yaml");
  writeFileSync(file, stringify({ connections }));
  const data = join(folder, "data");
  const settings = readSettings(environmentOf({ BELLHOP_CONFIG: file, BELLHOP_DATA: data }));
  return loadRegistry(settings, [productIntegrations]);
}

async function choose(connections: object, ...names: string[]) {
  return chooseConnections(await registryOf(connections), names);
}

async function problemsOf(choosing: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await choosing.catch((thrown: unknown) => thrown);
  return error instanceof SettingsError ? error.problems : [String(error)];
}

const [first] = await playableIntegrations();
if (!first) throw new Error("nothing can be played");
const { simulator, integration } = first;
const source = integration.manifest.id;
const real = { source, tokens: [TOKEN] };

function simulated(apiBaseUrl = "http://127.0.0.1:9101") {
  return { ...real, simulated: true, settings: simulator.settings(apiBaseUrl) };
}

describe("the connections that are played", () => {
  it("are all simulated ones when none is named, and never a real one", async () => {
    const chosen = await choose({ fjord: real, a: simulated(), b: simulated() });

    expect(chosen.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(chosen[0]).toMatchObject({ token: TOKEN, apiBaseUrl: "http://127.0.0.1:9101" });
  });

  it("are those that are named", async () => {
    const chosen = await choose({ a: simulated(), b: simulated() }, "b");

    expect(chosen.map(({ id }) => id)).toEqual(["b"]);
  });

  it("cannot be real ones: each is refused by name", async () => {
    const problems = await problemsOf(choose({ fjord: real, a: simulated() }, "fjord", "a", "b"));

    expect(problems).toEqual([
      "connection fjord is real: simulate plays only connections with `simulated: true`",
      "no connection is called b: did you mean a?",
    ]);
  });

  it("cannot have an API that is not on this machine, although they are called simulated", async () => {
    const problems = await problemsOf(choose({ a: simulated("https://api.example.com/rest/") }));

    expect(problems).toEqual([
      expect.stringMatching(
        /^connection a: settings\.apiBaseUrl https:\/\/api\.example\.com\S* is not on this machine/,
      ),
    ]);
  });

  it("must be of a booking system that has a simulator", async () => {
    const folder = join(temporaryFolder(), "bare");
    mkdirSync(folder);
    const parts = "manifest: { id: 'bare', name: 'Bare' }, source: { read: () => [] }";
    const config = "config: { safeParse: (data) => ({ success: true, data }) }";
    writeFileSync(join(folder, "index.mjs"), `export default { ${parts}, ${config} };`);
    const registry = await registryOf({ a: simulated() });
    const bare = { ...((await import(join(folder, "index.mjs"))) as { default: object }).default };
    const [connection] = [...registry.connections.values()];
    if (!connection) throw new Error("no connection");
    const connections = new Map([["a", { ...connection, integration: { ...bare } as never }]]);

    const problems = await problemsOf(chooseConnections({ ...registry, connections }, []));

    expect(problems).toEqual([`connection a: ${source} has no simulator`]);
  });
});

it("without any simulated connection the message shows ones that can be pasted as they are", async () => {
  const [problem = ""] = await problemsOf(choose({ fjord: real }));

  expect(problem).toContain("no connection is simulated. Add one of these to bellhop.yaml");
  expect(problem).toContain("npm run demo");
  const yaml = problem.slice(problem.indexOf("connections:"), problem.indexOf("To see everything"));
  const { connections } = parse(yaml) as { connections: Record<string, unknown> };
  const chosen = await choose(connections);
  expect(chosen.map(({ id }) => id)).toEqual(Object.keys(connections));
  expect(new Set(chosen.map(({ token }) => token)).size).toBe(chosen.length);
});
