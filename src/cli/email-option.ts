import { InvalidArgumentError } from "commander";

import { plainAddress } from "../erase/guests.ts";

/** Reads the address of an option. @throws InvalidArgumentError when it is none. */
export function email(text: string): string {
  try {
    return plainAddress(text);
  } catch {
    throw new InvalidArgumentError("Write one address such as anna@example.com.");
  }
}
