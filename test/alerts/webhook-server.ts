import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export const SECRET = `whsec_${Buffer.from("a secret of the tests, 32 bytes!").toString("base64")}`;

export interface Received {
  id: string;
  isSigned: boolean;
  message: {
    type: string;
    timestamp: string;
    data: { id: string; name: string; kind: string; reason: string; closedAt: string | null };
  };
}

export interface WebhookServer {
  url: string;
  received: Received[];
  /** What it answers; may be changed at any time. */
  status: number;
  close(): Promise<void>;
}

/** Somebody who is told of incidents, and looks at the signature as Standard Webhooks asks. */
export async function startWebhookServer(): Promise<WebhookServer> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const header = (name: string) => String(request.headers[name] ?? "");
      const [id, sentAt] = [header("webhook-id"), header("webhook-timestamp")];
      hook.received.push({
        id,
        isSigned: isSigned(`${id}.${sentAt}.${body}`, header("webhook-signature")),
        message: JSON.parse(body) as Received["message"],
      });
      response.writeHead(hook.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const hook: WebhookServer = {
    url: `http://127.0.0.1:${port}/alerts`,
    received: [],
    status: 204,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  return hook;
}

function isSigned(content: string, signature: string): boolean {
  const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
  const expected = Buffer.from(`v1,${createHmac("sha256", key).update(content).digest("base64")}`);
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
