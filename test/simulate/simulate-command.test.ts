import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";

import { playableIntegrations } from "../../src/simulate/known-integrations.ts";
import { freePort, temporaryFolder } from "../harness/servers.ts";
import { runBellhop, type RunningCommand, startBellhop } from "./run-bellhop.ts";

const API_TOKEN = "api-token-of-the-tests-0123456789";

const folder = temporaryFolder();
const env: Record<string, string> = { LOG_LEVEL: "error", BELLHOP_API_TOKEN: API_TOKEN };
let bellhop: RunningCommand;

beforeAll(async () => {
  env["PORT"] = String(await freePort());
  const apiPort = await freePort();
  const playable = await playableIntegrations();
  const connections = playable.map(({ integration, simulator }) => {
    const { id } = integration.manifest;
    const settings = simulator.settings(`http://127.0.0.1:${apiPort}/${id}`);
    return [id, { source: id, simulated: true, tokens: [`token-of-${id}-0123456789`], settings }];
  });
  const config = {
    connections: {
      ...(Object.fromEntries(connections) as object),
      real: { source: playable[0]?.integration.manifest.id, tokens: ["token-of-real-0123456789"] },
    },
    integrations: { "voucher-mail": {} },
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "bellhop.yaml"), stringify(config));
  bellhop = startBellhop(["start"], { cwd: folder, env });
  await bellhop.untilSaid(/Bellhop is running/);
});

afterAll(async () => {
  await bellhop.stop();
  rmSync(folder, { recursive: true, force: true });
});

function simulate(...args: readonly string[]) {
  return runBellhop(["simulate", ...args], { cwd: folder, env });
}

function rowsOf(text: string): Map<string, string> {
  return new Map(
    text.split("\n").flatMap((line) => {
      const [, name, value] = /^ {2}(\S.*?) {2,}(\S.*)$/.exec(line) ?? [];
      return name !== undefined && value !== undefined ? [[name, value] as const] : [];
    }),
  );
}

describe("bellhop simulate", () => {
  it("plays every simulated connection to the running Bellhop and tells what became of it", async () => {
    const { code, stdout, stderr } = await simulate(
      "--stories",
      "16",
      "--rate",
      "10",
      "--wait",
      "5",
    );

    expect({ code, stderr }).toMatchObject({ code: 0 });
    const rows = rowsOf(stdout);
    const calls = Number(rows.get("calls"));
    expect(calls).toBeGreaterThan(16);
    expect(rows.get("answers")).toBe(`200 × ${calls}`);
    expect(rows.get("accepted")).toBe(String(calls));
    expect(Number(rows.get("events"))).toBeGreaterThan(10);
    expect(Number(rows.get("jobs done"))).toBeGreaterThan(0);
    expect([rows.get("failed"), rows.get("held"), rows.get("dead")]).toEqual(["0", "0", "0"]);
    expect(readdirSync(join(folder, "data/outbox")).length).toBeGreaterThan(0);
  }, 60_000);

  it("never plays a real connection", async () => {
    const { code, stderr } = await simulate("real");

    expect(code).toBe(1);
    expect(stderr).toContain("connection real is real: simulate plays only connections with");
  });

  it("refuses a story that there is not", async () => {
    const { code, stderr } = await simulate("--only", "canceled");

    expect(code).toBe(1);
    expect(stderr).toContain("--only: no story is called canceled: did you mean cancelled?");
  });

  it("takes a share of repeats above 1 for wrong usage", async () => {
    const { code, stderr } = await simulate("--repeats", "1.5");

    expect(code).toBe(2);
    expect(stderr).toContain("option '--repeats <share>' argument '1.5' is invalid");
  });

  it("says so when Bellhop does not run", async () => {
    const elsewhere = { ...env, PORT: String(await freePort()) };

    const { code, stderr } = await runBellhop(["simulate"], { cwd: folder, env: elsewhere });

    expect(code).toBe(1);
    expect(stderr).toMatch(/Bellhop does not run at .* start it with npm start/);
  });
});
