import { InvalidArgumentError } from "commander";

import { plainAddress } from "../erase/guests.ts";
import { messageOf } from "../sdk/errors.ts";

/** Reads the address of an option. @throws InvalidArgumentError when it is none. */
export function email(text: string): string {
  try {
    return plainAddress(text);
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}
