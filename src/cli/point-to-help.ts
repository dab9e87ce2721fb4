import type { Command } from "commander";

/**
 * Has a command, and all below it, say where its help is when it was used in a wrong way. What it needs
 * is asked for last: an option that is misspelled is otherwise said to be missing.
 */
export function pointToHelp(command: Command, above: readonly string[] = []): void {
  const names = [...above, command.name()];
  const does = command.commands.length > 0 ? "lists the commands" : "shows how";
  command.showHelpAfterError(`("${names.join(" ")} --help" ${does})`);
  requireLate(command);
  for (const below of command.commands) pointToHelp(below, names);
}

function requireLate(command: Command): void {
  const required = command.options.filter(({ mandatory }) => mandatory);
  for (const option of required) {
    option.makeOptionMandatory(false);
    option.description += " (required)";
  }
  command.hook("preAction", (used) => {
    const missing = required.find((one) => used.getOptionValue(one.attributeName()) === undefined);
    if (missing) used.error(`error: required option '${missing.flags}' not specified`);
  });
}
