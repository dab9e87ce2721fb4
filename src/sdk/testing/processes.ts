import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from "node:child_process";
import { chownSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Debian's tools run under Debian's python3, whatever else is called so on the PATH. */
const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

/** @throws with what the program said when it fails. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: SpawnOptions = {},
): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    ...options,
    env: environment(options),
  });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr.toString()}`);
  return stdout.toString();
}

/** One that goes on: end it by `endProgram`. */
export function startProgram(
  program: string,
  args: readonly string[],
  options: SpawnOptions = {},
): ChildProcess {
  return spawn(program, args, { stdio: "ignore", ...options, env: environment(options) });
}

function environment({ env = {} }: SpawnOptions): NodeJS.ProcessEnv {
  return { PATH, LANG: "C.UTF-8", ...env };
}

/** Ends a process that the test started, by pid, and waits until it is gone. */
export async function endProgram(
  child: ChildProcess,
  signal: NodeJS.Signals = "SIGTERM",
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(signal);
  await exit;
}

/** Looks again and again. @throws when it has not come to be so in time. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  limitMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(50);
  }
}

/**
 * For programs that refuse to run as root: there they get the user that their package brings.
 *
 * @param folder Theirs from then on, and where they run.
 */
export function asUser(user: string, folder: string): SpawnOptions {
  if (process.getuid?.() !== 0) return { cwd: folder };
  const [uid = 0, gid = 0] = ["-u", "-g"].map((flag) => Number(runProgram("id", [flag, user])));
  chownSync(folder, uid, gid);
  return { uid, gid, cwd: folder };
}
