import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";

import { ended, freePort } from "../harness/servers.ts";

const QUEUE = "bench";
/** The best of 1, 16, 64, 128 and 256 on two cores. One queue, first in, first out. */
const CONCURRENCY = 64;
const ADDED_AT_ONCE = 1_000;

/**
 * Seconds in which BullMQ runs and settles so many no-op jobs that wait already, on a Redis that
 * answers a command only when it is on disk.
 */
export async function settleOnBullMq(folder: string, jobs: number): Promise<number> {
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const server = spawn(
    "redis-server",
    [
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
      ...["--appendonly", "yes", "--appendfsync", "always"],
    ],
    { stdio: "ignore" },
  );
  const connection = { host: "127.0.0.1", port, maxRetriesPerRequest: null };
  try {
    await untilAnswering(port);
    const queue = new Queue(QUEUE, { connection });
    for (let added = 0; added < jobs; added += ADDED_AT_ONCE) {
      const batch = Array.from({ length: Math.min(ADDED_AT_ONCE, jobs - added) }, (_, index) => ({
        name: "no-op",
        data: { number: added + index },
      }));
      await queue.addBulk(batch);
    }
    const seconds = await workOff(connection, jobs);
    const counts = await queue.getJobCounts("completed");
    if (counts["completed"] !== jobs) throw new Error("BullMQ has not settled all jobs");
    await queue.close();
    return seconds;
  } finally {
    await ended(server, "SIGKILL");
  }
}

async function workOff(connection: object, jobs: number): Promise<number> {
  let settled = 0;
  const worker = new Worker(QUEUE, () => Promise.resolve("ok"), {
    connection,
    concurrency: CONCURRENCY,
    autorun: false,
  });
  await worker.waitUntilReady();
  const startedAt = performance.now();
  const allSettled = new Promise<void>((resolve) => {
    worker.on("completed", () => {
      settled += 1;
      if (settled === jobs) resolve();
    });
  });
  void worker.run();
  await allSettled;
  const seconds = (performance.now() - startedAt) / 1000;
  await worker.close();
  return seconds;
}

async function untilAnswering(port: number): Promise<void> {
  const redis = new Redis({ port, host: "127.0.0.1", maxRetriesPerRequest: null });
  redis.on("error", () => undefined);
  await Promise.race([
    redis.ping(),
    sleep(10_000).then(() => Promise.reject(new Error("no Redis"))),
  ]);
  redis.disconnect();
}
