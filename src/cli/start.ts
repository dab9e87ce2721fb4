import { compose } from "../compose.ts";
import { Bellhop } from "../bellhop.ts";
import { layFoundation } from "../foundation.ts";
import { createLog } from "../log.ts";
import { parseRoles } from "../roles.ts";
import { readEnvironment } from "../settings/environment.ts";
import { readSettings } from "../settings/settings.ts";
import { startMessage } from "./start-message.ts";

/** `bellhop start`: runs until it is told to stop. */
export async function start(options: { role: string }): Promise<void> {
  const roles = parseRoles(options.role);
  const settings = readSettings(readEnvironment());
  const log = createLog(settings.logLevel);
  const foundation = await layFoundation(settings, roles, log);
  const bellhop = compose(foundation).resolve(Bellhop);
  const port = await bellhop.start();
  process.stdout.write(startMessage(settings, roles, port, process.stdout.isTTY));
  log.info({ port, roles: [...roles] }, "started");

  // A plug-in's forgotten promise must not take the others down with it.
  process.on("unhandledRejection", (error) => {
    log.error({ error }, "unhandled rejection");
  });
  await untilSignal();
  log.info({}, "stopping");
  await bellhop.stop();
  log.info({}, "stopped");
}

async function untilSignal(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const)
      process.once(signal, () => {
        resolve();
      });
  });
}
