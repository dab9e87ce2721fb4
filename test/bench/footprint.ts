import { setTimeout as sleep } from "node:timers/promises";

import { residentMiB } from "../harness/resident-memory.ts";
import { measureDrain } from "./drain.ts";
import { bellhop, type Bench, HOOK_PATH } from "./processes.ts";
import { planyoBody } from "./planyo-body.ts";
import { runLoad } from "./run-load.ts";

const STARTS = 5;
const DELIVERIES = 100_000;
const CONNECTIONS = 64;

export interface FootprintRow {
  startToReadyMs: number;
  deliveries: number;
  memoryMiB: number;
}

/** How long a start takes on an empty store, and how much memory a busy day leaves behind. */
export async function measureFootprint(bench: Bench): Promise<FootprintRow> {
  const starts: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const startedAt = performance.now();
    const contender = await bellhop(bench, "all", {
      BELLHOP_DATA: `${bench.folder}/start-${start}`,
    });
    await fetch(`http://127.0.0.1:${contender.port}/readyz`);
    starts.push(performance.now() - startedAt);
    await contender.stop();
  }
  const median = starts.toSorted((a, b) => a - b)[Math.floor(STARTS / 2)] ?? 0;
  return { startToReadyMs: Math.round(median), ...(await memoryAfterDeliveries(bench)) };
}

async function memoryAfterDeliveries(bench: Bench) {
  const data = `${bench.folder}/memory`;
  const contender = await bellhop(bench, "all", { BELLHOP_DATA: data });
  let deliveries = 0;
  while (deliveries < DELIVERIES) {
    const plan = { path: HOOK_PATH, connections: CONNECTIONS, seconds: 2, body: planyoBody() };
    const firstId = deliveries * 2 + 1;
    deliveries += (await runLoad(contender.port, { ...plan, firstId })).acknowledged.length;
  }
  await measureDrain("memory", { sqliteFile: `${data}/bellhop.sqlite` });
  await sleep(1_000);
  const memoryMiB = residentMiB(contender.pid);
  await contender.stop();
  return { deliveries, memoryMiB };
}
