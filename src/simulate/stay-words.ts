/** Said when Bellhop needs a while for the calls. */
export function patienceText(waitSeconds: number, stays: boolean): string {
  const end = stays
    ? `What became of the calls is shown in ${waitSeconds} s at the latest.`
    : `The simulated systems answer its questions for up to ${waitSeconds} s; Ctrl-C ends it.`;
  return `Bellhop is still at work. ${end}\n`;
}

/** Said when all is played and the simulated systems go on answering. */
export function stayText(connections: readonly string[]): string {
  const commands = connections.flatMap((id) => [
    [`bellhop import ${id}`, "learns the bookings made before"],
    [`bellhop reconcile ${id}`, "finds what no call told"],
  ]);
  const width = Math.max(...commands.map(([command = ""]) => command.length));
  const lines = commands.map(
    ([command = "", what = ""]) => `  ${command.padEnd(width)}  ${what}\n`,
  );
  return (
    "The simulated systems go on answering until Ctrl-C. To try in another terminal:\n" +
    lines.join("")
  );
}
