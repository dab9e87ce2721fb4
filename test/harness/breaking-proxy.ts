import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** Where a connection breaks: before a statement reaches the server, or after it, before the answer. */
export type Break = "before" | "after";

export interface BreakingProxy {
  readonly port: number;
  /** Breaks every connection at the statements that hold the text, until told otherwise. */
  breakAt(text: string, when: Break): void;
  heal(): void;
  /** How many connections were broken. */
  readonly broken: number;
  close(): Promise<void>;
}

/** Stands between Bellhop and its database server and cuts connections at the worst moment. */
export async function breakingProxy(serverPort: number): Promise<BreakingProxy> {
  let rule: { text: string; when: Break } | undefined;
  let broken = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(serverPort, "127.0.0.1");
    let isCutting = false;
    const cut = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", cut).on("close", () => {
        open.delete(socket);
        cut();
      });
    }
    client.on("data", (bytes) => {
      if (!isCutting && rule && bytes.includes(rule.text)) {
        isCutting = true;
        broken += 1;
        if (rule.when === "before") {
          cut();
          return;
        }
      }
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      if (isCutting) cut();
      else client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    breakAt: (text, when) => (rule = { text, when }),
    heal: () => (rule = undefined),
    get broken() {
      return broken;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
