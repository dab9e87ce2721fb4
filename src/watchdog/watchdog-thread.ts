import { writeSync } from "node:fs";
import { Session } from "node:inspector";
import { setTimeout as sleep } from "node:timers/promises";
import { isatty } from "node:tty";
import { workerData } from "node:worker_threads";

import { inTime } from "../process/in-time.ts";
import { messageOf } from "../sdk/errors.ts";
import { culpritOf, type NotedJob, SharedJobs } from "./shared-jobs.ts";
import { Silence } from "./silence.ts";
import { BEAT, DEBUGGED, type Watched } from "./watchdog.ts";
import { QUESTION, type Testimony } from "./witness.ts";

// The watchdog's thread. It shares no more with the watched one than a little memory.

const TICKS_PER_LIMIT = 20;
const ANSWER_MS = 1_000;
const RECORD_MS = 2_000;
const STDERR = 2;

const { database, limitMs, pulse, jobs } = workerData as Watched;
const beat = new Int32Array(pulse);
const tickMs = limitMs / TICKS_PER_LIMIT;
const silence = new Silence(tickMs, performance.now());
let isActing = false;

setInterval(() => {
  const ms = silence.listen(Atomics.load(beat, BEAT), performance.now());
  if (ms < limitMs || isActing) return;
  isActing = true;
  void act().finally(() => {
    isActing = false;
  });
}, tickMs);

async function act(): Promise<void> {
  const before = Atomics.load(beat, BEAT);
  const testimony = await ask();
  // A person who has stopped the program at a line wants it to stand still.
  if (testimony?.isDebugged === true || Atomics.load(beat, DEBUGGED) === 1) return;
  const job = testimony ? testimony.job : culpritOf(new SharedJobs(jobs).read());
  const fault = job && (await recorded(job));
  if (Atomics.load(beat, BEAT) !== before) return; // it came back after all
  say(job, testimony?.at, fault);
  process.kill(process.pid, "SIGKILL");
}

/**
 * Interrupts the watched thread. A question to its inspector is answered even in an endless loop of
 * JavaScript, on top of the code that runs.
 *
 * @returns undefined when it does not answer: it sits in a call that never comes back.
 */
async function ask(): Promise<Testimony | undefined> {
  const session = new Session();
  session.connectToMainThread();
  const answer = new Promise<Testimony | undefined>((resolve) => {
    session.post(
      "Runtime.evaluate",
      { expression: QUESTION, returnByValue: true },
      (error, reply) => {
        const text: unknown = error === null ? reply.result.value : undefined;
        resolve(typeof text === "string" ? (JSON.parse(text) as Testimony) : undefined);
      },
    );
  });
  return Promise.race([answer, sleep(ANSWER_MS, undefined)]);
}

/** @returns why the hang could not be counted. */
async function recorded(job: NotedJob): Promise<string | undefined> {
  try {
    // Late: the store's modules would be loaded twice for a case that should never come.
    const { recordHang } = await import("./hang-store.ts");
    const isRecorded = await inTime(recordHang(database, job), RECORD_MS);
    return isRecorded ? undefined : "the store does not answer";
  } catch (error) {
    return messageOf(error);
  }
}

/** One line, written at once: nothing that is buffered would outlive the process. */
function say(job: NotedJob | undefined, at: string | undefined, fault: string | undefined): void {
  const who = job ? `handler ${job.handler} of job ${job.jobId}` : "the main thread";
  const where = at === undefined ? "" : ` at ${at}`;
  const msg = `${who} loops without end${where}: ending the process`;
  const notCounted = fault === undefined ? "" : ` (not counted: ${fault})`;
  const fields = { level: 60, time: Date.now(), ...job, at, notCounted: fault, msg };
  const line = isatty(STDERR) ? `bellhop: ${msg}${notCounted}` : JSON.stringify(fields);
  writeSync(STDERR, `${line}\n`);
}
