import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

import { httpClient } from "../http/http-client.ts";
import type { Clock, Log } from "./context.ts";
import type { CheckContext } from "./integration.ts";
import type { SimulatedAnswer, SimulatedRequest } from "./simulator.ts";
import type { Delivery, FetchContext, RawDelivery, SourceContext } from "./source.ts";

/** A log that keeps its lines, so that a test can see that no secret is among them. */
export function memoryLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const write = (fields: object, message: string) => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
  };
  return { lines, debug: write, info: write, warn: write, error: write };
}

/** A clock that stands still until it is moved. */
export function testClock(start = Date.UTC(2026, 2, 2, 13, 20)): Clock & {
  set(epochMs: number): void;
  advance(ms: number): void;
} {
  let now = start;
  return {
    now: () => now,
    set: (epochMs) => (now = epochMs),
    advance: (ms) => (now += ms),
  };
}

/** A delivery as the inbox would hand it over. */
export function delivery(parts: Partial<RawDelivery> = {}): Delivery {
  return {
    id: "01980000-0000-7000-8000-000000000001",
    method: "GET",
    query: "",
    headers: {},
    body: Buffer.alloc(0),
    receivedAt: Date.UTC(2026, 2, 2, 13, 20),
    ...parts,
  } as Delivery;
}

export function sourceContext<Config>(config: Config): SourceContext<Config> {
  return { config, connection: { id: "test", name: "Test" }, log: memoryLog() };
}

export function fetchContext<Config>(
  config: Config,
  parts: Partial<FetchContext<Config>> = {},
): FetchContext<Config> {
  return {
    ...sourceContext(config),
    http: httpClient,
    clock: { now: Date.now },
    signal: new AbortController().signal,
    reportRemaining: () => undefined,
    ...parts,
  };
}

export function checkContext<Config>(
  config: Config,
  parts: Partial<CheckContext<Config>> = {},
): CheckContext<Config> {
  const unused = () => {
    throw new Error("not part of this test");
  };
  return {
    config,
    log: memoryLog(),
    clock: { now: Date.now },
    http: httpClient,
    mail: {
      isRehearsal: false,
      office: undefined,
      send: unused,
      sendToOffice: unused,
      find: unused,
    },
    templates: { render: unused, texts: unused },
    signal: new AbortController().signal,
    ...parts,
  };
}

export interface VendorServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly requests: SimulatedRequest[];
  close(): Promise<void>;
}

/** A real HTTP server on loopback that answers as the vendor would. */
export async function vendorServer(
  answer: (request: SimulatedRequest) => SimulatedAnswer | Promise<SimulatedAnswer>,
): Promise<VendorServer> {
  const requests: SimulatedRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    void receive(incoming).then(async (request) => {
      requests.push(request);
      const { status, headers, body } = await answer(request);
      outgoing.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function receive(incoming: IncomingMessage): Promise<SimulatedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? "GET",
    url: incoming.url ?? "/",
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    ),
    body: Buffer.concat(chunks),
  };
}
