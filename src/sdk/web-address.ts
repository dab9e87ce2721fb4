import { z } from "zod";

/**
 * A setting: the address of somebody whom Bellhop calls. One with a user or a password in it is
 * refused at the start, since addresses are told in errors and in the log.
 *
 * @param instead Where a password belongs: "write them as `user` and `password`".
 */
export function webAddress(instead: string) {
  return z
    .url({ protocol: /^https?$/ })
    .refine(hasNoPassword, `must have no user and password in it: ${instead}`);
}

function hasNoPassword(url: string): boolean {
  if (!URL.canParse(url)) return true; // refused for that already
  const { username, password } = new URL(url);
  return username === "" && password === "";
}
