import type { Server } from "node:http";

import type { Database } from "../../src/db/database.ts";
import { GroupCommit } from "../../src/inbox/group-commit.ts";
import { InboxStore, type NewDelivery } from "../../src/inbox/inbox-store.ts";
import { IntakeLoad } from "../../src/inbox/intake-load.ts";
import {
  createHookReceiver,
  type HookReceiver,
  type ReceiveLimits,
} from "../../src/receive/hook-receiver.ts";
import { HookTokens } from "../../src/receive/hook-tokens.ts";
import { closeServer, createHttpServer, listen } from "../../src/receive/http-server.ts";
import { ReceiveStats } from "../../src/receive/receive-stats.ts";
import { memoryLog } from "../../src/sdk/testing.ts";

export const TOKEN = "f3b0c1d2e4a5968778695a4b3c2d1e0f";
export const OLD_TOKEN = "00112233445566778899aabbccddeeff";

export interface ReceiverUnderTest {
  url: string;
  port: number;
  server: Server;
  receiver: HookReceiver;
  stats: ReceiveStats;
  log: ReturnType<typeof memoryLog>;
  close(): Promise<void>;
}

/** The receiver on a real server, in front of a store. */
export async function startReceiver(
  db: Database,
  limits: Partial<ReceiveLimits> = {},
  write?: (deliveries: readonly NewDelivery[]) => Promise<void>,
): Promise<ReceiverUnderTest> {
  const store = new InboxStore(db);
  const inbox = new GroupCommit<NewDelivery>({
    write: write ?? ((deliveries) => store.append(deliveries)),
    isUnavailable: (error) => db.failureOf(error) === "unavailable",
    bytesOf: ({ body }) => body.length,
    onFault: (error) => {
      throw error;
    },
  });
  const all = { bodyBytes: 1_048_576, headerBytes: 16_384, urlBytes: 8_192, requestSeconds: 10 };
  const stats = new ReceiveStats();
  const log = memoryLog();
  const receiver = createHookReceiver({
    tokens: new HookTokens([{ id: "fjord", tokens: [TOKEN, OLD_TOKEN] }]),
    limits: { ...all, ...limits },
    inbox,
    load: new IntakeLoad(),
    stats,
    log,
  });
  const notFound = (_: unknown, response: { writeHead(status: number): { end(): void } }) => {
    response.writeHead(404).end();
  };
  const server = createHttpServer(receiver, notFound, { ...all, ...limits });
  const port = await listen(server, "127.0.0.1", 0);
  return {
    url: `http://127.0.0.1:${port}/hooks/fjord/${TOKEN}`,
    port,
    server,
    receiver,
    stats,
    log,
    close: () => closeServer(server, 100),
  };
}
