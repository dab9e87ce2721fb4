import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

import type { SimulatedAnswer, SimulatedRequest } from "../simulator.ts";

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
