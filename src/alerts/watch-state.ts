/** How long nobody may have watched before what was seen until then says nothing any more. */
const GAP_MS = 10 * 60_000;

/** Marks that span the time after which waiting is too long. */
const MARKS = 20;

/** What has been seen of a connection. Times by the database's clock, places by position. */
export interface SeenConnection {
  /** Since when its calls are counted. */
  since: number;
  /** Calls up to this position are counted. */
  position: number;
  lastCallAt?: number;
  /** Position of the newest hourly tick of the source; 0 when there was none. */
  tick: number;
  lastTickAt?: number;
}

/** What the watch remembers from one round to the next, whichever process has it. */
export interface WatchState {
  at: number;
  /** Since when somebody has been watching without a gap. */
  since: number;
  /** The newest delivery at some times: what has waited since is at least that old. */
  marks: readonly { at: number; position: number }[];
  connections: Readonly<Record<string, SeenConnection>>;
}

/** What a round reads. */
export interface Reading {
  now: number;
  /** Position of the newest delivery of all. */
  newest: number;
  connections: Readonly<Record<string, { calls: number; newest: number; tick: number }>>;
}

/** @param backlogMs How long something may wait. */
export function nextState(
  before: WatchState | undefined,
  reading: Reading,
  backlogMs: number,
): WatchState {
  const { now, newest } = reading;
  const hasGap = before === undefined || now - before.at > GAP_MS || now < before.at;
  const connections = Object.entries(reading.connections).map(
    ([id, read]) => [id, nextSeen(before?.connections[id], read, now)] as const,
  );
  return {
    at: now,
    since: hasGap ? now : before.since,
    marks: nextMarks(hasGap ? [] : before.marks, { at: now, position: newest }, backlogMs),
    connections: { ...before?.connections, ...Object.fromEntries(connections) },
  };
}

function nextSeen(
  before: SeenConnection | undefined,
  { calls, newest, tick }: { calls: number; newest: number; tick: number },
  now: number,
): SeenConnection {
  if (!before) return { since: now, position: newest, tick };
  return {
    ...before,
    position: Math.max(before.position, newest),
    ...(calls > 0 && { lastCallAt: now }),
    ...(tick > before.tick && { tick, lastTickAt: now }),
  };
}

/** Few, however often it is looked: one in a twentieth of the time, and one from before it. */
function nextMarks(
  before: WatchState["marks"],
  mark: { at: number; position: number },
  backlogMs: number,
): WatchState["marks"] {
  const last = before.at(-1);
  if (last && mark.at - last.at < backlogMs / MARKS) return before;
  const isOld = ({ at }: { at: number }) => mark.at - at > backlogMs;
  const firstNeeded = Math.max(0, before.findLastIndex(isOld));
  return [...before.slice(firstNeeded), mark];
}

/**
 * How long a waiting delivery has waited, at least. By the marks, not by its own time: the clock of
 * the process that took it may be wrong.
 */
export function waitedMs({ at, marks }: WatchState, position: number): number {
  const mark = marks.find((one) => one.position >= position);
  return mark ? at - mark.at : 0;
}
