/**
 * The options of a program that people run by hand. Ends the process where there is nothing to run:
 * with 0 after the help, with 2 after what was written wrongly.
 */
export function optionsOrExit<T extends object>(
  read: (args: readonly string[]) => T | "help",
  help: string,
): T {
  try {
    const options = read(process.argv.slice(2));
    if (options !== "help") return options;
    process.stdout.write(help);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
}
