import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** Listens on a free port and tells it on stdout, for the process that measures. */
export function announce(app: RequestListener): void {
  const server = createServer(app);
  server.listen(0, "127.0.0.1", () => {
    process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`);
  });
}
