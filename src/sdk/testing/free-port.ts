import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * A port that nobody listens on. Not one of those that the system gives to outgoing connections:
 * in a run that opens thousands, one of them would have it before the server does.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    await new Promise((resolve) => server.close(resolve));
    if (isFree) return port;
  }
}
