import type { Command } from "commander";

import type { HandlerTable } from "../dispatch/handler-table.ts";
import { withBellhop } from "./open.ts";
import type { Shell } from "./shell.ts";

/** `bellhop pause <instance>/<handler>`, `bellhop resume <instance>/<handler>` */
export function addPauseCommands(program: Command, shell: Shell): void {
  program
    .command("pause <handler>")
    .description("let a handler take no jobs until it is resumed: voucher-mail/send-voucher")
    .option("--reason <text>", "shown with it", "paused by a person")
    .action((handler: string, { reason }: { reason: string }) =>
      withBellhop(shell, async (bellhop) => {
        checkHandler(bellhop, handler);
        await bellhop.pauses.pause(handler, "person", reason);
        shell.write(`${handler} takes no jobs until "bellhop resume ${handler}".\n`);
      }),
    );
  program
    .command("resume <handler>")
    .description("let a paused handler take jobs again; after the brake, all mails of this hour")
    .action((handler: string) =>
      withBellhop(shell, async (bellhop) => {
        checkHandler(bellhop, handler);
        const wasPaused = await bellhop.pauses.resume(handler);
        shell.write(wasPaused ? `${handler} takes jobs again.\n` : `${handler} was not paused.\n`);
      }),
    );
}

function checkHandler({ handlers }: { handlers: HandlerTable }, handler: string): void {
  if (handlers.entries.has(handler)) return;
  const known = [...handlers.entries.keys()].join(", ") || "none";
  throw new Error(`there is no handler ${handler}: known are ${known}`);
}
