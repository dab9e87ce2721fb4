export interface TextQuestion {
  message: string;
  initialValue?: string;
  /** What is wrong with an answer. */
  validate?: (text: string | undefined) => string | undefined;
}

/** How `init` asks. Every question throws when the person breaks off. */
export interface Prompts {
  say(text: string): void;
  choose<T>(message: string, options: readonly { value: T; label: string }[]): Promise<T>;
  text(question: TextQuestion): Promise<string>;
  /** Shows nothing of what is typed. */
  secret(message: string): Promise<string>;
  confirm(message: string): Promise<boolean>;
}

/** Asks at the terminal. */
export async function terminalPrompts(): Promise<Prompts> {
  // Loaded late: only people need it.
  const { confirm, isCancel, log, password, select, text } = await import("@clack/prompts");
  const answered = <T>(value: T): Exclude<T, symbol> => {
    if (isCancel(value)) throw new Error("broken off: nothing was written");
    return value as Exclude<T, symbol>;
  };
  return {
    say: (words) => {
      log.info(words);
    },
    choose: async (message, options) => {
      const labels = options.map(({ label }, value) => ({ value, label }));
      const chosen = options[answered(await select({ message, options: labels }))];
      if (!chosen) throw new Error("nothing was chosen");
      return chosen.value;
    },
    text: async (question) => answered(await text(question)),
    secret: async (message) => answered(await password({ message })),
    confirm: async (message) => answered(await confirm({ message })),
  };
}
