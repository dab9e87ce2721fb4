import { constants } from "node:os";
import { setFlagsFromString } from "node:v8";

import { compose } from "../compose.ts";
import { Bellhop } from "../bellhop.ts";
import { layFoundation } from "../foundation.ts";
import { createLog } from "../log.ts";
import { installGuards } from "../process/guards.ts";
import { inTime } from "../process/in-time.ts";
import type { Role } from "../roles.ts";
import { readEnvironment } from "../settings/environment.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import { startWatchdog, type WatchdogOptions } from "../watchdog/watchdog.ts";
import { shortTokens } from "./check-findings.ts";
import { startMessage } from "./start-message.ts";

const STOP_SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** A database that has not answered by then, past the time that work has to end, hangs. */
const HANGING_MS = 5_000;

/** `bellhop start`: runs until it is told to stop. */
export async function start(
  roles: ReadonlySet<Role>,
  watchdogOptions: WatchdogOptions = {},
): Promise<void> {
  // Bellhop runs beside other programs: V8 would let the heap grow severalfold before it tidies up.
  setFlagsFromString("--heap-growing-percent=30");
  const hasStarted = leaveOnSignal();
  const settings = readSettings(readEnvironment());
  const log = createLog(settings.logLevel);
  const foundation = await layFoundation(settings, roles, log);
  const bellhop = compose(foundation).resolve(Bellhop);
  const removeGuards = installGuards(log);
  // Only handlers loop without end; who only answers calls needs no other thread.
  const endWatch = roles.has("work")
    ? startWatchdog(settings.database, log, watchdogOptions)
    : undefined;
  const port = await listening(bellhop, settings);
  hasStarted();
  process.stdout.write(startMessage(settings, roles, port, process.stdout.isTTY));
  log.info({ port, roles: [...roles] }, "started");
  for (const { name, line } of shortTokens(settings)) log.warn({ name, line }, "weak secret");

  await untilSignal();
  log.info({}, "stopping");
  const graceMs = settings.config.shutdownSeconds * 1000;
  const isStopped = await inTime(bellhop.stop(), graceMs + HANGING_MS);
  await endWatch?.();
  removeGuards();
  if (isStopped) log.info({}, "stopped");
  else
    log.warn({}, "stopped without a word from the database: what this process held is free soon");
  // A handler that heeds no signal would keep the process alive for as long as it likes.
  process.exit(isStopped ? 0 : 1);
}

/**
 * Ends the process when it is told to stop while it starts: nothing has begun that needs an end.
 * As the first process of a container it would not hear of it otherwise.
 *
 * @returns to be called once it has started.
 */
function leaveOnSignal(): () => void {
  const leave = (signal: NodeJS.Signals) => {
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of STOP_SIGNALS) process.once(signal, leave);
  return () => {
    for (const signal of STOP_SIGNALS) process.off(signal, leave);
  };
}

/** @throws SettingsError when the address cannot be used; what was started is stopped again. */
async function listening(bellhop: Bellhop, settings: Settings): Promise<number | undefined> {
  try {
    return await bellhop.start();
  } catch (error) {
    await bellhop.stop();
    const { host, port } = settings;
    const why = WHY_NOT_LISTENING[(error as NodeJS.ErrnoException).code ?? ""];
    throw why === undefined ? error : new SettingsError([`HOST and PORT: ${host}:${port}: ${why}`]);
  }
}

const WHY_NOT_LISTENING: Readonly<Record<string, string>> = {
  EADDRINUSE: "something listens there already: stop it or set another PORT",
  EACCES: "not allowed: use a PORT of 1024 or above",
  EADDRNOTAVAIL: "this machine has no such address: correct HOST",
  ENOTFOUND: "no such host: correct HOST",
};

async function untilSignal(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of STOP_SIGNALS)
      process.once(signal, () => {
        resolve();
      });
  });
}
