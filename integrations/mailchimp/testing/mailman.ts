import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { asUser, endProgram, freePort, startProgram, until } from "#sdk/testing";

const [USER, PASSWORD] = ["hub", "secret"];

/** All that Mailman starts besides its REST API: nothing is mailed here. */
const RUNNERS = [
  ...["archive", "bounces", "command", "digest", "in", "lmtp", "nntp"],
  ...["out", "pipeline", "retry", "task", "virgin"],
];

export interface Mailman {
  /** @param form Sent as a form. */
  call: (method: string, path: string, form?: Record<string, string>) => Promise<MailmanAnswer>;
  stop(): Promise<void>;
}

export interface MailmanAnswer {
  status: number;
  /** Empty where Mailman says nothing. */
  body: Record<string, unknown>;
}

/** A real GNU Mailman 3 in a folder of its own, which forgets everything when it is stopped. */
export async function startMailman(): Promise<Mailman> {
  const folder = mkdtempSync(join(tmpdir(), "bellhop-mailman-"));
  const port = await freePort();
  const configuration = join(folder, "mailman.cfg");
  const programs = dirname(realpathSync(spawnSync("which", ["mailman"]).stdout.toString().trim()));
  writeFileSync(configuration, configurationOf({ folder, port, programs }));
  // In the foreground, unlike `mailman start`: it is ended by its pid, and ends all others.
  const child = startProgram(
    join(programs, "master"),
    ["-C", configuration],
    asUser("list", folder),
  );
  const call: Mailman["call"] = (method, path, form) => callAt(port, { method, path, form });
  const stop = async () => {
    await endProgram(child);
    rmSync(folder, { recursive: true, force: true });
  };
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`Mailman ended with ${child.exitCode}`);
    return call("GET", "system/versions").then(
      ({ status }) => status === 200,
      () => false,
    );
  }, "an answer of Mailman").catch(async (cause: unknown) => {
    await stop();
    throw cause;
  });
  return { call, stop };
}

function configurationOf(at: { folder: string; port: number; programs: string }): string {
  return [
    ...["[mailman]", "layout: here"],
    ...["[paths.here]", `var_dir: ${at.folder}`, `bin_dir: ${at.programs}`],
    ...["[webservice]", "hostname: 127.0.0.1", `port: ${at.port}`, "workers: 1"],
    ...[`admin_user: ${USER}`, `admin_pass: ${PASSWORD}`],
    ...["[mta]", "incoming: mailman.mta.null.NullMTA"],
    ...RUNNERS.flatMap((name) => [`[runner.${name}]`, "start: no"]),
    "",
  ].join("\n");
}

async function callAt(
  port: number,
  {
    method,
    path,
    form,
  }: { method: string; path: string; form: Record<string, string> | undefined },
): Promise<MailmanAnswer> {
  const response = await fetch(`http://127.0.0.1:${port}/3.1/${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString("base64")}`,
    },
    ...(form && { body: new URLSearchParams(form) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === "" ? {} : (JSON.parse(text) as MailmanAnswer["body"]),
  };
}
