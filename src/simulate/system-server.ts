import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { messageOf } from "../sdk/errors.ts";
import type { SimulatedAnswer, SimulatedSystem } from "../sdk/simulator.ts";

export interface ServedSystem {
  /** `http://` on loopback, with port, maybe with a path; port 0 takes a free one. */
  apiBaseUrl: string;
  system: Pick<SimulatedSystem, "answer">;
}

/** The APIs of simulated systems, served. */
export interface SystemServer {
  /** Where each of them really is, in the order given. */
  readonly urls: readonly string[];
  /** How many calls were answered. */
  readonly answered: number;
  close(): Promise<void>;
}

interface Place {
  prefix: string;
  system: ServedSystem["system"];
}

const MOST_BODY_BYTES = 1_048_576;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** @returns what is wrong with an address for a simulated API. */
export function faultOfAddress(apiBaseUrl: string): string | undefined {
  if (!URL.canParse(apiBaseUrl)) return "is no address";
  const { protocol, hostname } = new URL(apiBaseUrl);
  if (!LOOPBACK.test(hostname)) return `is not on this machine (${hostname})`;
  return protocol === "http:" ? undefined : "must begin with http://";
}

/**
 * Answers calls to simulated systems over real HTTP. Systems at the same host and port are told
 * apart by path. A system never sees that path, because some sign the path of a call.
 *
 * @throws when an address is not on this machine or is taken.
 */
export async function serveSystems(systems: readonly ServedSystem[]): Promise<SystemServer> {
  const places = systems.map(({ apiBaseUrl, system }) => {
    const fault = faultOfAddress(apiBaseUrl);
    if (fault !== undefined) throw new Error(`apiBaseUrl ${apiBaseUrl} ${fault}`);
    const { host, pathname } = new URL(apiBaseUrl);
    return { host, prefix: pathname.replace(/\/+$/, ""), system };
  });
  const servers = new Map<string, Server>();
  const counter = { answered: 0 };
  const close = async () => {
    await Promise.all([...servers.values()].map(closeServer));
  };
  try {
    for (const host of new Set(places.map((place) => place.host))) {
      const here = places.filter((place) => place.host === host);
      servers.set(host, await listen(host, handlerFor(here, counter)));
    }
  } catch (error) {
    await close();
    throw error;
  }
  const urls = systems.map(({ apiBaseUrl }) => {
    const url = new URL(apiBaseUrl);
    url.port = String((servers.get(url.host)?.address() as AddressInfo).port);
    return url.href;
  });
  return {
    urls,
    get answered() {
      return counter.answered;
    },
    close,
  };
}

function handlerFor(places: readonly Place[], counter: { answered: number }) {
  // Of `/` and `/rest` the longer one is meant.
  const byLength = [...places].sort((a, b) => b.prefix.length - a.prefix.length);
  return (incoming: IncomingMessage, outgoing: ServerResponse) => {
    void answer(incoming, byLength)
      .catch((error: unknown): SimulatedAnswer => ({ status: 500, body: messageOf(error) }))
      .then(({ status, headers, body }) => {
        counter.answered += 1;
        outgoing.writeHead(status, headers).end(body);
      });
  };
}

async function answer(
  incoming: IncomingMessage,
  places: readonly Place[],
): Promise<SimulatedAnswer> {
  const { url = "/", method = "GET", headers } = incoming;
  const place = places.find(({ prefix }) => isBelow(url, prefix));
  if (!place) return { status: 404, body: "no simulated system has this address" };
  const body = await bodyOf(incoming);
  if (!body) return { status: 413, headers: { connection: "close" }, body: "too large" };
  const rest = url.slice(place.prefix.length);
  return place.system.answer({
    method,
    url: rest.startsWith("/") ? rest : `/${rest}`,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, String(value)]),
    ),
    body,
  });
}

function isBelow(url: string, prefix: string): boolean {
  return url.startsWith(prefix) && /^(\/|\?|$)/.test(url.slice(prefix.length));
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function listen(
  host: string,
  handler: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
): Promise<Server> {
  const server = createServer(handler);
  const { hostname, port } = new URL(`http://${host}`);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "something else listens there" : messageOf(error);
      reject(new Error(`cannot serve a simulated system at ${host}: ${why}`, { cause: error }));
    });
    const address = hostname.replace(/^\[(.*)\]$/, "$1");
    server.listen({ host: address, port: port === "" ? 80 : Number(port) }, resolve);
  });
  return server;
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
