import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { expect, it } from "vitest";

import { freePort, temporaryFolder } from "../harness/servers.ts";

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs `bellhop start` until it ends by itself. */
async function start(config: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "bellhop.yaml"), config);
  const child = spawn(process.execPath, [`${process.cwd()}/bin/bellhop.js`, "start"], {
    cwd,
    env: { ...process.env, ...env },
  });
  const ended: Ended = { code: null, out: "", err: "" };
  child.stdout.on("data", (bytes: Buffer) => (ended.out += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (ended.err += bytes.toString()));
  ended.code = await new Promise((resolve) => child.once("close", resolve));
  return ended;
}

it.each([
  {
    fault: "an unknown source",
    config: "connections: { bikes: { source: booqable, tokens: [long-token-0123456789] } }",
    says: /^bellhop: bellhop\.yaml:1: connections\.bikes\.source: .*booqable.*planyo/,
  },
  {
    fault: "a wrong key",
    config: "conections: {}",
    says: /^bellhop: bellhop\.yaml:1: conections: .*connections/,
  },
  {
    fault: "a variable that is missing",
    config: 'connections: { bikes: { source: planyo, tokens: ["${BIKES_TOKEN}"] } }',
    says: /^bellhop: bellhop\.yaml:1: .*BIKES_TOKEN/,
  },
])("$fault: one line says where and what to write, and nothing is started", async (one) => {
  const { code, out, err } = await start(one.config, { PORT: "0" });

  // What is printed is where it listens: nothing.
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(one.says);
  expect(err.trimEnd().split("\n")).toHaveLength(1);
});

it("a database server that has never been there: one line says which and why, without its password", async () => {
  const { code, out, err } = await start("connections: {}", {
    PORT: "0",
    DATABASE_URL: `mysql://root:secret@127.0.0.1:${await freePort()}/bellhop`,
  });

  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/^bellhop: DATABASE_URL: 127\.0\.0\.1:\d+\/bellhop: .+\n$/);
  expect(err).not.toContain("secret");
});

it("a port that is taken: one line says which, and what to do", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;

  const { code, err } = await start("connections: {}", {
    HOST: "127.0.0.1",
    PORT: String(port),
  });
  other.close();

  expect(code).toBe(1);
  expect(err).toMatch(/something listens there already: stop it or set another PORT\n$/);
});
