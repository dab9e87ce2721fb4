import { createServer, type RequestListener, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

import type { HookReceiver, ReceiveLimits } from "./hook-receiver.ts";

/** Room for any URL and headers that get an answer of their own; Node cuts off what is beyond. */
const MAX_HEADER_BYTES = 256 * 1024;
const CHECK_INTERVAL_MS = 500;

/** What Node's parser refuses before there is a request. Anything else it refuses is answered 400. */
const PARSER_STATUS: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/**
 * The server: hook requests go straight to the receiver, before Express sets up its own request
 * and response, everything else to Express.
 *
 * @param onRefused Called for requests that never became one: too slow, too large, malformed.
 */
export function createHttpServer(
  receiver: HookReceiver | undefined,
  app: RequestListener,
  { requestSeconds }: ReceiveLimits,
  onRefused: (status: number, reason: string) => void = () => undefined,
): Server {
  const timeoutMs = requestSeconds * 1000;
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      keepAliveTimeout: 30_000,
    },
    (request, response) => {
      if (!receiver) {
        app(request, response);
        return;
      }
      receiver(request, response, (error) => {
        if (error === undefined) app(request, response);
        else response.writeHead(500, { connection: "close" }).end();
      });
    },
  );
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    refuse(error, socket, onRefused);
  });
  return server;
}

function refuse(
  { code = "" }: NodeJS.ErrnoException,
  socket: Duplex,
  onRefused: (status: number, reason: string) => void,
): void {
  // A caller that hung up, or whose answer is under way, needs no other.
  if (code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = PARSER_STATUS[code] ?? 400;
  onRefused(status, code);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nconnection: close\r\n\r\n`);
}

/** @returns the port it listens on. @throws when the address is taken. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

/** Takes no more requests and waits for those under way; idle connections are closed. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
  server.closeIdleConnections();
  const timer = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  await closed;
  clearTimeout(timer);
}
