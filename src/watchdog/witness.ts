import { url as inspectorUrl } from "node:inspector";
import { fileURLToPath } from "node:url";

import { currentJob } from "../process/current-job.ts";
import type { NotedJob } from "./shared-jobs.ts";

/** What the watched thread says of itself when the watchdog interrupts it. */
export interface Testimony {
  job?: NotedJob;
  /** `file:line` of what it is doing. */
  at?: string;
  isDebugged: boolean;
}

const NAME = "bellhop.witness";

/** Evaluated in the watched thread, on top of whatever it is doing. */
export const QUESTION = `globalThis[Symbol.for("${NAME}")]()`;

/** Lets this thread be asked, even in the middle of a loop without end. */
export function beWitness(): () => void {
  const place = globalThis as Record<symbol, unknown>;
  place[Symbol.for(NAME)] = () => JSON.stringify(testify());
  return () => {
    place[Symbol.for(NAME)] = undefined;
  };
}

function testify(): Testimony {
  const job = currentJob();
  const at = placeOf(stackLines());
  return {
    isDebugged: inspectorUrl() !== undefined,
    ...(at !== undefined && { at }),
    ...(job && {
      job: {
        handler: job.handler,
        jobId: job.jobId,
        laneId: job.laneId,
        isSuspect: job.isSuspect,
      },
    }),
  };
}

const STACK_LINES = 50;

function stackLines(): string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = STACK_LINES;
  const { stack } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  const lines = String(stack).split("\n");
  // Above the question is only what answers it.
  return lines.slice(lines.findIndex((line) => /<anonymous>:\d/.test(line)) + 1);
}

/** The innermost line of a file, not of Node itself. */
export function placeOf(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const [, place, number] = /\(?((?:file:\/\/)?\/[^()]*?):(\d+):\d+\)?$/.exec(line) ?? [];
    if (place === undefined || number === undefined) continue;
    return `${place.startsWith("file:") ? fileURLToPath(place) : place}:${number}`;
  }
  return undefined;
}
