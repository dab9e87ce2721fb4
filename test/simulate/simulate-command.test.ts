import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";

import { playableIntegrations } from "../../src/simulate/known-integrations.ts";
import { command } from "../cli/command.ts";
import { freePort, temporaryFolder } from "../harness/servers.ts";
import { runBellhop, type RunningCommand, startBellhop } from "./run-bellhop.ts";

const API_TOKEN = "api-token-of-the-tests-0123456789";

const playable = await playableIntegrations();
const [first = "", second = ""] = playable.map(({ integration }) => integration.manifest.id);

/** A Bellhop with a simulated connection of each kind and a real one, in a folder of its own. */
interface Installation {
  folder: string;
  env: Readonly<Record<string, string>>;
  bellhop: RunningCommand;
}

async function install(): Promise<Installation> {
  const folder = temporaryFolder();
  const env = {
    LOG_LEVEL: "error",
    BELLHOP_API_TOKEN: API_TOKEN,
    PORT: String(await freePort()),
  };
  const apiPort = await freePort();
  const connections = playable.map(({ integration, simulator }) => {
    const { id } = integration.manifest;
    const settings = simulator.settings(`http://127.0.0.1:${apiPort}/${id}`);
    return [id, { source: id, simulated: true, tokens: [`token-of-${id}-0123456789`], settings }];
  });
  const config = {
    connections: {
      ...(Object.fromEntries(connections) as object),
      real: { source: first, tokens: ["token-of-real-0123456789"] },
    },
    integrations: { "voucher-mail": {} },
    // What nobody told is found by the command of a test alone.
    reconcile: { everyMinutes: 0, importDays: 0 },
  };
  writeFileSync(join(folder, "bellhop.yaml"), stringify(config));
  const bellhop = startBellhop(["start"], { cwd: folder, env });
  await bellhop.untilSaid(/Bellhop is running/);
  return { folder, env, bellhop };
}

async function remove({ folder, bellhop }: Installation): Promise<void> {
  await bellhop.stop();
  rmSync(folder, { recursive: true, force: true });
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
  let installation: Installation;
  beforeAll(async () => {
    installation = await install();
  });
  afterAll(() => remove(installation));

  function simulate(...args: readonly string[]) {
    const { folder, env } = installation;
    return runBellhop(["simulate", ...args], { cwd: folder, env });
  }

  it("plays every simulated connection to the running Bellhop and tells what became of it", async () => {
    const args = ["--stories", "16", "--rate", "10", "--wait", "5"];

    const { code, stdout, stderr } = await simulate(...args);

    expect({ code, stderr }).toMatchObject({ code: 0 });
    const rows = rowsOf(stdout);
    const calls = Number(rows.get("calls"));
    expect(calls).toBeGreaterThan(16);
    expect(rows.get("answers")).toBe(`200 × ${calls}`);
    expect(rows.get("accepted")).toBe(String(calls));
    expect(Number(rows.get("events"))).toBeGreaterThan(10);
    expect(Number(rows.get("jobs done"))).toBeGreaterThan(0);
    expect([rows.get("failed"), rows.get("held"), rows.get("dead")]).toEqual(["0", "0", "0"]);
    expect(["lost on purpose", "late", "changed untold"].filter((name) => rows.has(name))).toEqual(
      [],
    );
    expect(stdout).not.toContain("bellhop reconcile");
    expect(readdirSync(join(installation.folder, "data/outbox")).length).toBeGreaterThan(0);
  });

  it("tells what was lost, late and changed on purpose, and takes none of it for a failure", async () => {
    const { code, stdout, stderr } = await simulate(
      ...["--stories", "16", "--bookings", "20", "--rate", "40", "--wait", "1"],
      ...["--losses", "0.3", "--late", "0.2", "--silent", "0.5"],
    );

    expect({ code, stderr }).toMatchObject({ code: 0 });
    const rows = rowsOf(stdout);
    expect(rows.get("answers")).toBe(`200 × ${rows.get("calls") ?? ""}`);
    expect(rows.get("lost on purpose")).toMatch(/^[1-9]/);
    expect(rows.get("late")).toMatch(/^[1-9]/);
    expect(rows.get("changed untold")).toMatch(/^[1-9]/);
    expect(stdout).toContain(`bellhop reconcile ${first} and bellhop reconcile ${second}, while`);
  });

  it("counts what the API refused over its limit", async () => {
    const args = ["--stories", "6", "--rate", "20", "--wait", "3", "--limit", "1", "--lag", "0.1"];

    const { code, stdout, stderr } = await simulate(second, ...args, "--moving");

    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(rowsOf(stdout).get("API calls refused")).toMatch(/^[1-9]\d*, over the limit/);
  });

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

  it.each([
    ["--repeats <share>", "1.5"],
    ["--losses <share>", "-0.1"],
    ["--late <share>", "some"],
    ["--silent <share>", ""],
    ["--lag <seconds>", "0"],
    ["--limit <n>", "0"],
    ["--bookings <n>", "100001"],
  ])("takes %s %s for wrong usage", async (option, value) => {
    const [flag = ""] = option.split(" ");

    const { code, err } = await command({ env: {} }, "simulate", `${flag}=${value}`);

    expect(code).toBe(2);
    expect(err).toContain(`option '${option}' argument '${value}' is invalid`);
  });

  it("says so when Bellhop does not run", async () => {
    const { folder, env } = installation;
    const elsewhere = { ...env, PORT: String(await freePort()) };

    const { code, stderr } = await runBellhop(["simulate"], { cwd: folder, env: elsewhere });

    expect(code).toBe(1);
    expect(stderr).toMatch(/Bellhop does not run at .* start it with npm start/);
  });
});

describe("bellhop simulate --stay", () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await install();
  });
  afterAll(() => remove(installation));

  it("answers a reconcile that finds what was lost, until Ctrl-C", async () => {
    const { folder: cwd, env } = installation;
    const lossy = ["--stories", "3", "--losses", "1", "--wait", "1", "--stay"];
    const simulating = startBellhop(["simulate", first, ...lossy], { cwd, env });
    await simulating.untilSaid(/go on answering until Ctrl-C/);

    const reconciled = await runBellhop(["reconcile", first], { cwd, env });
    simulating.child.kill("SIGINT");
    const { code, stdout, stderr } = await simulating.finished;

    expect(reconciled.stdout).toMatch(/missing .*call lost/);
    expect(stdout).toContain(`What no call told is found by bellhop reconcile ${first}\n`);
    expect(stderr).toMatch(
      new RegExp(`^ {2}bellhop import ${first} .*\n {2}bellhop reconcile`, "m"),
    );
    expect({ code, calls: rowsOf(stdout).get("calls") }).toEqual({ code: 0, calls: "0" });
  }, 120_000);
});
