import { UNKNOWN_NAMES } from "../receive/receive-stats.ts";
import { type Finding, nameOf } from "./incident.ts";
import type { Refusal } from "./refusals.ts";
import { rejectedJump, rejectedSince } from "./rejections.ts";
import { isTickMissed, missedCalls, type Rhythm, type SilenceRule } from "./silence.ts";
import * as words from "./words.ts";

const NONE: ReadonlyMap<number, number> = new Map();

/** The numbers of one moment. Each of them is kept or found by index, never counted over history. */
export interface Signs {
  now: number;
  /** Jobs that wait for a person or a setting, by handler. */
  stuck: readonly {
    state: "dead" | "held";
    handler: string;
    isSimulated: boolean;
    count: number;
    /** Why the newest of them stopped. */
    reason: string | null;
  }[];
  /** Deliveries that wait for a setting, by connection. */
  heldMessages: readonly { connection: string; isSimulated: boolean; count: number }[];
  pauses: readonly { handler: string; kind: string }[];
  /** How long the oldest that is due has waited, by connection or handler. */
  waiting: readonly { about: string; isSimulated: boolean; waitedMs: number }[];
  rhythms: readonly ConnectionRhythm[];
  /** Calls with a wrong token by whole hour, by connection; those to unknown names together. */
  rejections: readonly {
    about: string;
    isSimulated: boolean;
    hours: ReadonlyMap<number, number>;
  }[];
  /** Sources whose API refuses us, or cannot be reached. */
  refusals: readonly ({
    connection: string;
    isSimulated: boolean;
  } & Refusal)[];
}

export interface ConnectionRhythm extends Omit<Rhythm, "silentSince"> {
  connection: string;
  /** Since when somebody has been there to see calls. */
  watchedSince: number;
  lastCallAt: number | undefined;
  /** The last hourly tick of the source; none: it does not tick. */
  lastTickAt: number | undefined;
}

export interface AlertRules {
  backlogMs: number;
  silence: SilenceRule;
}

/**
 * Everything that needs a person now.
 *
 * @param open Names of what is known already: some of it is over only when it is well over.
 */
export function findingsOf(
  signs: Signs,
  rules: AlertRules,
  open: ReadonlyMap<string, { openedAt: number }>,
): Finding[] {
  return [
    ...stuckJobs(signs),
    ...heldMessages(signs),
    ...brakes(signs),
    ...backlogs(signs, rules, open),
    ...silences(signs, rules, open),
    ...jumps(signs, open),
    ...refusals(signs),
  ];
}

/** One for each handler, however many of its jobs are stuck. */
function stuckJobs({ stuck }: Signs): Finding[] {
  return stuck.map(({ state, handler, isSimulated, count, reason }) => ({
    name: nameOf(state, handler, isSimulated),
    kind: state,
    reason:
      state === "dead"
        ? words.deadWords(handler, count, words.causeOf(reason))
        : words.heldWords(handler, count),
  }));
}

function heldMessages({ heldMessages: held }: Signs): Finding[] {
  return held.map(({ connection, isSimulated, count }) => ({
    name: nameOf("held", connection, isSimulated),
    kind: "held",
    reason: words.heldMessageWords(connection, count),
  }));
}

/** What a person has paused that person knows of. */
function brakes({ pauses }: Signs): Finding[] {
  return pauses
    .filter(({ kind }) => kind === "brake")
    .map(({ handler }) => ({
      name: nameOf("paused", handler, false),
      kind: "paused",
      reason: words.pausedWords(handler),
    }));
}

function backlogs(
  { waiting }: Signs,
  { backlogMs }: AlertRules,
  open: ReadonlyMap<string, unknown>,
): Finding[] {
  return waiting.flatMap(({ about, isSimulated, waitedMs }) => {
    const name = nameOf("backlog", about, isSimulated);
    const limit = open.has(name) ? backlogMs / 2 : backlogMs;
    if (waitedMs < limit) return [];
    return [{ name, kind: "backlog", reason: words.backlogWords(about, waitedMs) }];
  });
}

function silences(
  { now, rhythms, rejections }: Signs,
  { silence }: AlertRules,
  open: ReadonlyMap<string, { openedAt: number }>,
): Finding[] {
  return rhythms.flatMap((rhythm): Finding[] => {
    const { connection, lastTickAt, watchedSince } = rhythm;
    // What is known already is over when a call has come, whoever was there to see it meanwhile.
    const isStill = (name: string, last = 0) => last < (open.get(name)?.openedAt ?? 0);
    const hours = rejections.find(({ about }) => about === connection)?.hours ?? NONE;
    const hourly = nameOf("hourly", connection, false);
    if (lastTickAt !== undefined) {
      const isMissed = isTickMissed(now, Math.max(lastTickAt, watchedSince));
      const reason = words.hourlyWords(connection, lastTickAt, rejectedSince(hours, lastTickAt));
      if (isMissed || isStill(hourly, lastTickAt))
        return [{ name: hourly, kind: "hourly", reason }];
    }
    const name = nameOf("silent", connection, false);
    const silentSince = Math.max(rhythm.lastCallAt ?? rhythm.knownSince, watchedSince);
    const missed = missedCalls({ ...rhythm, silentSince }, silence);
    if (missed === undefined && !isStill(name, rhythm.lastCallAt)) return [];
    const reason = words.silentWords(connection, silentSince, {
      missed: missed ?? silence.missedCalls,
      rejected: rejectedSince(hours, silentSince),
    });
    return [{ name, kind: "silent", reason }];
  });
}

function jumps(
  { now, rejections }: Signs,
  open: ReadonlyMap<string, { openedAt: number }>,
): Finding[] {
  return rejections.flatMap(({ about, isSimulated, hours }): Finding[] => {
    const name = nameOf("rejected", about, isSimulated);
    const calls = rejectedJump(hours, now, open.get(name)?.openedAt);
    if (calls === undefined) return [];
    const reason =
      about === UNKNOWN_NAMES
        ? words.rejectedUnknownWords(calls)
        : words.rejectedWords(about, calls);
    return [{ name, kind: "rejected", reason }];
  });
}

function refusals({ refusals: refused }: Signs): Finding[] {
  return refused.map(({ connection, isSimulated, since, reason }) => ({
    name: nameOf("refused", connection, isSimulated),
    kind: "refused",
    reason: words.refusedWords(connection, since, reason),
  }));
}
