import { once } from "node:events";
import { connect as connectTcp, isIP } from "node:net";
import { connect as connectTls } from "node:tls";

import type { HttpRequest } from "../sdk/context.ts";
import { noAnswer } from "./no-answer.ts";
import { hostOf, publicLookup, refusePrivateAddress } from "./public-only.ts";

const TIMEOUT_MS = 10_000;
const PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** Connects to where an address leads, and hangs up: whether anybody could be asked there. */
export async function reach(address: Pick<HttpRequest, "url" | "onlyPublic">): Promise<void> {
  const url = new URL(address.url);
  const isGuarded = address.onlyPublic === true;
  if (isGuarded) refusePrivateAddress(url);
  const isTls = url.protocol === "https:";
  const host = hostOf(url);
  const options = {
    host,
    port: Number(url.port) || (PORTS[url.protocol] ?? 0),
    ...(isGuarded && { lookup: publicLookup }),
  };
  const socket = isTls
    ? connectTls({ ...options, ...(isIP(host) === 0 && { servername: host }) })
    : connectTcp(options);
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    await once(socket, isTls ? "secureConnect" : "connect", { signal });
  } catch (cause) {
    throw noAnswer(address.url, cause);
  } finally {
    socket.destroy();
  }
}
