import type { EffectResult, HandlerContext, PeriodEntry } from "../context.ts";
import { RetryableError } from "../errors.ts";
import type { CrmSettings } from "./settings.ts";
import {
  hashOfFields,
  knownAs,
  type Kind,
  periodOf,
  readStanding,
  refusedAs,
  shortened,
  type Standing,
  writtenAs,
} from "./standing.ts";
import type { CrmContext, CrmObject, Fields, Refused, Remote } from "./target.ts";

/** One thing that the target is to show as it is now. */
export interface Keeping<Thing, Config> {
  kind: Kind;
  /** Ours, of the thing. */
  id: string;
  thing: Thing;
  object: CrmObject<Thing, Config>;
  /** `contact of booking 1201`, for the ledger. */
  words: string;
}

export interface Kept {
  /** Absent: the target has none. */
  externalId?: string;
  /** What was done; absent: it was so already. */
  done?: string;
  /** Why nothing is there. */
  reason?: string;
}

export type KeepContext<Config> = CrmContext<Config> &
  Pick<HandlerContext<Config>, "effect" | "entriesOf" | "ledger" | "lane">;

export const NOT_HELD = "the target cannot hold it";
const DELETED = "deleted at the other side, and left so";
const ALONE_MS = 1_000;
/** Longer than any job is at work. A try that began before has no process any more. */
const TAKEN_OVER_MS = 5 * 60_000;

/**
 * Has a thing at the target as it is here: written when its fields differ from those written last,
 * found before it is made.
 */
export async function keep<Thing, Config extends CrmSettings>(
  keeping: Keeping<Thing, Config>,
  context: KeepContext<Config>,
): Promise<Kept> {
  const { kind, id, thing, object, words } = keeping;
  const { lane } = context;
  const fields = object.fields(thing, context.config);
  if (!fields) return { reason: NOT_HELD };
  const turn = new Turn(context, kind, id);
  const standing = await turn.begin();
  if (isAsItShouldBe(standing, fields, context.config) && !turn.hasUnfinished) {
    const kept = keptIn(standing);
    if (kept.reason !== undefined || !(await remoteElsewhere(object, standing, context)))
      return kept;
  }
  const deed = {
    plan: `write the ${words}`,
    data: writtenAs("there", fields, { lane, ...beforeOf(standing) }),
  };
  // Looked for when it is written: then nothing is made twice, and what is there gets all fields.
  const result = await turn.take(standing, deed, async () => {
    const remote = await write(keeping, fields, standing, context);
    return resultOf(remote, fields, standing, lane, words);
  });
  const { summary, data } = result;
  const wasRefused = result.externalId === undefined || data?.["refused"] !== undefined;
  return wasRefused && summary !== undefined
    ? { ...idOf(result), reason: summary }
    : { ...idOf(result), done: result.summary ?? words };
}

type TurnContext = Pick<
  HandlerContext<unknown>,
  "clock" | "effect" | "entriesOf" | "ledger" | "lane"
>;

/** What is to be done at the other side, and what the ledger keeps of it. */
interface Deed {
  plan: string;
  data: NonNullable<EffectResult["data"]>;
}

/** One thing has several lanes, since its keys may change. This lets one of them write at a time. */
export class Turn {
  readonly period: string;
  readonly #context: TurnContext;
  readonly #name: string;
  key = "";
  /** An earlier try of this lane has not come to an end. */
  hasUnfinished = false;

  constructor(context: TurnContext, kind: Kind, id: string) {
    this.#context = context;
    this.#name = `${kind}:${shortened(id)}`;
    this.period = periodOf(kind, id);
  }

  /** Reads what is known. @throws RetryableError while another lane is at work on it. */
  async begin(): Promise<Standing> {
    const standing = await readStanding(this.#context, this.period);
    const since = this.#context.clock.now() - TAKEN_OVER_MS;
    const busy = standing.entries.some(
      (entry) => entry.state === "started" && !this.#isMine(entry) && entry.at > since,
    );
    if (busy) throw this.#later();
    const mine = this.#context.ledger.findLast(({ key }) => key.startsWith(`${this.#name}:`));
    this.hasUnfinished = mine?.state === "started";
    // What was only noted, in shadow, looks as if it were done there.
    const isNoted = standing.entries.some((one) => one.key === mine?.key && one.state === "would");
    const newest = standing.entries.at(-1);
    const isNewest = !newest || (newest.key === mine?.key && this.#isMine(newest));
    // One that has failed is left so when others have written since.
    const goesOn = this.hasUnfinished || isNoted || (mine?.state === "failed" && isNewest);
    this.key = mine && goesOn ? mine.key : `${this.#name}:${standing.highest + 1}`;
    return standing;
  }

  /**
   * @param perform Does no harm when it is done twice: it is not asked before whether it got through.
   * @throws RetryableError when this lane has to look again.
   */
  take(
    standing: Standing,
    { plan, data }: Deed,
    perform: () => Promise<EffectResult>,
  ): Promise<EffectResult> {
    return this.#context.effect(this.key, {
      ...{ plan, period: this.period, intent: data, data },
      find: () => Promise.resolve(undefined),
      perform: async () => {
        await this.#makeSure(standing);
        return perform();
      },
    });
  }

  /**
   * Called when our own beginning is in the ledger: whoever began as well, or ended meanwhile, is
   * seen now by at least one of both, and what was read before may be old.
   */
  async #makeSure({ entries }: Standing): Promise<void> {
    const now = await readStanding(this.#context, this.period);
    if (this.#others(now.entries) !== this.#others(entries)) throw this.#later();
  }

  #others(entries: readonly PeriodEntry[]): string {
    const others = entries.filter((entry) => !this.#isMine(entry));
    return others.map(({ position, state, at }) => `${position} ${state} ${at}`).join();
  }

  #isMine({ data }: PeriodEntry): boolean {
    return data?.["lane"] === this.#context.lane;
  }

  #later(): RetryableError {
    // Not the same for both who have seen each other.
    const waitsAloneMs = Math.round(ALONE_MS * (1 + Math.random()));
    return new RetryableError("somebody else writes the same: looking again", { waitsAloneMs });
  }
}

/** Refused with a remote: it is there as it was. */
type Outcome = Remote | Refused | (Remote & Refused);

async function write<Thing, Config extends CrmSettings>(
  { object, thing }: Keeping<Thing, Config>,
  fields: Fields,
  standing: Standing,
  context: CrmContext<Config>,
): Promise<Outcome> {
  const { last } = standing;
  const elsewhere = await remoteElsewhere(object, standing, context);
  if (last?.remote && last.written.state === "there" && !elsewhere) {
    const known = knownAs(last.remote, standing);
    const put = await object.put({ thing, fields, known }, context);
    if (put !== "gone") return keptAt(known, put);
  }
  const found = await object.find(thing, context);
  if (found) return put({ thing, fields, known: knownAs(found, standing) });
  const wasDeleted = last !== undefined && last.written.state !== "erased" && !elsewhere;
  if (wasDeleted && context.config.whenDeleted === "leave") return { refused: DELETED };
  return put({ thing, fields });

  async function put(one: Parameters<typeof object.put>[0]): Promise<Outcome> {
    const remote = await object.put(one, context);
    if (remote !== "gone") return keptAt(one.known ?? elsewhere, remote);
    throw new RetryableError("it went away while it was written");
  }
}

/** Where it was written last, when that is out of reach of the settings now. */
async function remoteElsewhere<Thing, Config>(
  object: CrmObject<Thing, Config>,
  { last }: Standing,
  context: CrmContext<Config>,
): Promise<Remote | undefined> {
  if (!last?.remote) return undefined;
  return (await isReachable(object, last.remote, context)) ? undefined : last.remote;
}

export async function isReachable<Thing, Config>(
  object: CrmObject<Thing, Config>,
  remote: Remote,
  context: CrmContext<Config>,
): Promise<boolean> {
  return (await object.isReachable?.(remote, context)) ?? true;
}

/** What is there stays known when it refuses a change: the next one is tried on it again. */
function keptAt(known: Remote | undefined, put: Remote | Refused): Outcome {
  return "refused" in put && known ? { ...remoteAlone(known), ...put } : put;
}

function remoteAlone({ externalId, link, version }: Remote): Remote {
  return {
    externalId,
    ...(link !== undefined && { link }),
    ...(version !== undefined && { version }),
  };
}

function isAsItShouldBe(
  { last, tries }: Standing,
  fields: Fields,
  { whenDeleted }: CrmSettings,
): boolean {
  // Half of a try that failed may have got through: what was written before that is there no more.
  if (tries.length > 0 || last?.written.hash !== hashOfFields(fields)) return false;
  return last.written.state === "there" || whenDeleted === "leave";
}

function keptIn({ last }: Standing): Kept {
  if (last?.written.state === "deleted") return { reason: DELETED };
  const { refused } = last?.written ?? {};
  return {
    ...(last?.remote && { externalId: last.remote.externalId }),
    ...(refused !== undefined && { reason: refused }),
  };
}

function resultOf(
  remote: Outcome,
  fields: Fields,
  standing: Standing,
  lane: string,
  words: string,
): EffectResult {
  const before = { lane, ...beforeOf(standing) };
  if (!("externalId" in remote)) {
    return { summary: remote.refused, data: writtenAs("deleted", fields, before) };
  }
  const { externalId, link, version } = remote;
  const more = { ...before, ...(version !== undefined && { version }) };
  const refused = "refused" in remote ? remote.refused : undefined;
  return {
    externalId,
    ...(link !== undefined && { link }),
    summary: refused ?? `Wrote the ${words}`,
    data:
      refused === undefined ? writtenAs("there", fields, more) : refusedAs(refused, fields, more),
  };
}

/** What an erased contact once was is nothing that a new one is compared with. */
function beforeOf({ last }: Standing) {
  return last && last.written.state !== "erased" ? { before: last.written } : {};
}

function idOf({ externalId }: EffectResult) {
  return externalId === undefined ? {} : { externalId };
}
