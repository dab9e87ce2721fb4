import { setTimeout as sleep } from "node:timers/promises";

import { SMTPServer } from "smtp-server";

import { bellhop, type Bench, HOOK_PATH } from "./processes.ts";
import { confirmedBody } from "./planyo-body.ts";

const MAILS = 40;
const PAUSE_MS = 50;

export interface LatencyRow {
  name: string;
  medianMs: number;
  p95Ms: number;
  mails: number;
}

/** From the POST of a confirmed reservation to its voucher's last byte in the mail server. */
export async function measureVoucherLatency(bench: Bench): Promise<LatencyRow> {
  let arrived: (() => void) | undefined;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    onData: (stream, _, done) => {
      stream.resume();
      stream.on("end", () => {
        done();
        arrived?.();
      });
    },
  });
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      resolve();
    }),
  );
  const { port } = server.server.address() as { port: number };
  const contender = await bellhop(
    bench,
    "all",
    {
      BELLHOP_DATA: `${bench.folder}/latency`,
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      MAIL_FROM: "post@example.com",
    },
    "mail: { mode: live }\nintegrations: { voucher-mail: {} }\n",
  );
  await sleep(2_000);
  const latencies: number[] = [];
  for (let mail = 0; mail < MAILS; mail += 1) {
    const mailed = new Promise<void>((resolve) => (arrived = resolve));
    const sentAt = performance.now();
    await fetch(`http://127.0.0.1:${contender.port}${HOOK_PATH}`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: confirmedBody(9_000_000 + mail),
    });
    await mailed;
    latencies.push(performance.now() - sentAt);
    await sleep(PAUSE_MS);
  }
  await contender.stop();
  await new Promise<void>((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  return { name: "POST to mail, idle", medianMs: at(0.5), p95Ms: at(0.95), mails: sorted.length };
}
