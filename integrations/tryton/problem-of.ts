import { kindOf, messageOf } from "#sdk";

/** What is wrong with the settings, in words; anything else is thrown on. */
export async function problemOf(reading: () => Promise<unknown>): Promise<string[]> {
  try {
    await reading();
    return [];
  } catch (error) {
    if (kindOf(error) !== "configuration") throw error;
    return [messageOf(error)];
  }
}
