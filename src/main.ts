import { runCli } from "./cli/cli.ts";

/** Whoever reads may have enough, as in `bellhop list jobs | head`: what is done goes on, unheard. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

process.stdout.on("error", ignoreClosedPipe);
process.stderr.on("error", ignoreClosedPipe);

process.exitCode = await runCli(process.argv.slice(2));
