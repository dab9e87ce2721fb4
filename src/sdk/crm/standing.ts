import { createHash } from "node:crypto";

import type { EffectResult, HandlerContext, PeriodEntry } from "../context.ts";
import type { Fields, Known, Remote } from "./target.ts";

const MAX_ID = 40;

/** How a thing is at the target, as far as we know. */
type State = "there" | "deleted" | "erased";

/** What the ledger keeps of each time a thing was written. No personal data: hashes of it. */
export interface Written {
  state: State;
  /** Of all fields together. */
  hash: string;
  /** Of each field that was ever written, as JSON. */
  fields: string;
  /** Whose turn it was: see `Turn`. */
  lane: string;
  version?: string;
  /** Why the other side did not take it, though the thing is there. */
  refused?: string;
}

/** A thing as the ledger of the instance has it, whichever handler and lane wrote it. */
export interface Standing {
  /** In the order they ended. */
  entries: readonly PeriodEntry[];
  /** How it was written last; undefined: never. */
  last?: { written: Written; remote?: Remote };
  /** Tries since then that may have got through, or half of them. */
  tries: readonly Written[];
  /** Of every number that an effect about it has had. */
  highest: number;
}

export type Kind = "contact" | "company" | "deal" | "event";

/** What is known by one id is filed together, so that it is found from any lane. */
export function periodOf(kind: Kind, id: string): string {
  return `${kind === "contact" ? "person" : kind}:${shortened(id)}`;
}

/** Keys from outside may be longer than a key of the ledger. */
export function shortened(id: string): string {
  if (id.length <= MAX_ID) return id;
  return createHash("sha256").update(id).digest("hex").slice(0, 24);
}

export async function readStanding(
  { entriesOf }: Pick<HandlerContext<unknown>, "entriesOf">,
  period: string,
): Promise<Standing> {
  const entries: PeriodEntry[] = [];
  for await (const entry of entriesOf(period)) entries.push(entry);
  // By the end of each: one that was begun early may have been written last.
  entries.sort((one, other) => one.at - other.at || one.position - other.position);
  const writings = entries.flatMap((entry) =>
    isWritten(entry.data) ? [{ entry, written: entry.data }] : [],
  );
  const at = writings.findLastIndex(({ entry }) => entry.state === "done");
  const last = writings[at];
  return {
    entries,
    tries: writings
      .slice(at + 1)
      .filter(({ entry: { state } }) => state === "started" || state === "failed")
      .map(({ written }) => written),
    highest: Math.max(0, ...entries.map(({ key }) => Number(/\d+$/.exec(key)?.[0] ?? 0))),
    ...(last && { last: { written: last.written, ...remoteOf(last.entry) } }),
  };
}

/** What a target is told of a thing that is there. */
export function knownAs(remote: Remote, { last, tries }: Standing): Known {
  const hashes = [last?.written, ...tries].map(fieldHashes);
  return {
    ...remote,
    isEdited: (field, value) => {
      const ours = hashes.map((all) => all[field]).filter((hash) => hash !== undefined);
      return ours.length === 0 ? value !== "" : !ours.includes(hashOf(value));
    },
  };
}

export function writtenAs(
  state: State,
  fields: Fields,
  { lane, before, version }: { lane: string; before?: Written; version?: string },
): NonNullable<EffectResult["data"]> {
  const hashes = Object.entries(fields).map(([name, value]) => [name, hashOf(value)] as const);
  const all = { ...fieldHashes(before), ...Object.fromEntries(hashes) };
  return {
    ...{ state, lane, hash: hashOfFields(fields), fields: JSON.stringify(all) },
    ...(version !== undefined && { version }),
  };
}

/** It is there as it was before, since the other side did not take what these fields say. */
export function refusedAs(
  refused: string,
  fields: Fields,
  before: Parameters<typeof writtenAs>[2],
): NonNullable<EffectResult["data"]> {
  return { ...writtenAs("there", {}, before), hash: hashOfFields(fields), refused };
}

/** Off the list, and else as it was: whatever can be held again is written. */
export function takenOffAs(written: Written, lane: string) {
  return { ...written, lane, hash: "off" };
}

/** Names of the fields that a thing has ever had, as of one entry about it. */
export function fieldNamesIn({ data }: Pick<EffectResult, "data">): string[] {
  return isWritten(data) ? Object.keys(fieldHashes(data)) : [];
}

/** Erased: what was written before is nothing to compare with. */
export function erasedBy(lane: string): NonNullable<EffectResult["data"]> {
  return { state: "erased", lane, hash: "-", fields: "{}" };
}

export function hashOfFields(fields: Fields): string {
  const sorted = Object.entries(fields).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 24);
}

function fieldHashes(written: Written | undefined): Record<string, string> {
  return written ? (JSON.parse(written.fields) as Record<string, string>) : {};
}

function hashOf(value: string): string {
  return createHash("sha256").update(value).digest("hex").slice(0, 8);
}

type Data = EffectResult["data"];

/** Data of effects are what was handed over: of those that have a hash, by `writtenAs`. */
function isWritten(data: Data): data is NonNullable<Data> & Written {
  return typeof data?.["hash"] === "string";
}

/** What an entry says is at the other side. */
export function remoteOf({ externalId, link, data }: PeriodEntry): { remote?: Remote } {
  if (externalId === undefined) return {};
  const version = data?.["version"];
  return {
    remote: {
      externalId,
      ...(link !== undefined && { link }),
      ...(typeof version === "string" && { version }),
    },
  };
}
