import { setTimeout as sleep } from "node:timers/promises";

import { unlessAborted } from "#sdk";

/**
 * While another call is under way there is much to do, and the first that asks waits so long for others:
 * little beside the time that a call takes. Else it goes with those that ask at the same moment.
 */
const COLLECT_MS = 20;
const MOMENT_MS = 1;

/** HubSpot's limit of one batch. */
export const MOST_AT_ONCE = 100;

/** How one of a batch ended. */
export type Ended<Out> = { value: Out } | { error: unknown };

/** A job that asks. */
export interface Asker<In, Out> {
  /** What HubSpot takes once in a batch. */
  key: string;
  /** Who has to stop waits no longer, and what it has asked for is not sent any more. */
  signal: AbortSignal;
  /** Makes the call for all. Answers for each input, in order. */
  send: (inputs: readonly In[]) => Promise<readonly Ended<Out>[]>;
}

interface Asked<In, Out> extends Asker<In, Out> {
  input: In;
  end: (ended: Ended<Out>) => void;
  ended: Promise<Ended<Out>>;
}

/** Puts what several jobs ask for at about the same time into one call. */
export class Collector<In, Out> {
  #open: Asked<In, Out>[] | undefined;
  #underWay = 0;

  /** @throws what `send` says of this input, or throws; the signal's reason. */
  async ask(input: In, asker: Asker<In, Out>): Promise<Out> {
    asker.signal.throwIfAborted();
    const same = this.#open?.find((asked) => asked.key === asker.key);
    if (same) {
      // HubSpot takes each key once in a batch; what the other one has done counts for this one.
      await unlessAborted(same.ended, asker.signal);
      return this.ask(input, asker);
    }
    const asked = askedFor(input, asker);
    if (this.#open) this.#add(asked);
    else void this.#collect(asked);
    const ended = await unlessAborted(asked.ended, asker.signal);
    if ("error" in ended) throw ended.error;
    return ended.value;
  }

  async #collect(first: Asked<In, Out>): Promise<void> {
    const batch = [first];
    this.#open = batch;
    await sleep(this.#underWay > 0 ? COLLECT_MS : MOMENT_MS);
    if (this.#open === batch) this.#open = undefined;
    let left: readonly Asked<In, Out>[] = batch;
    this.#underWay += 1;
    while (left.length > 0) left = await sendOnce(left);
    this.#underWay -= 1;
  }

  #add(asked: Asked<In, Out>): void {
    this.#open?.push(asked);
    if (this.#open?.length === MOST_AT_ONCE) this.#open = undefined;
  }
}

/**
 * The first that still waits makes the call. A job's calls end with it, so when it has to stop
 * meanwhile, that is no answer to the others.
 *
 * @returns those for whom the call has to be made again, by another.
 */
async function sendOnce<In, Out>(
  batch: readonly Asked<In, Out>[],
): Promise<readonly Asked<In, Out>[]> {
  for (const { signal, end } of batch) if (signal.aborted) end({ error: signal.reason });
  const waiting = batch.filter(({ signal }) => !signal.aborted);
  const [caller] = waiting;
  if (!caller) return [];
  const inputs = waiting.map(({ input }) => input);
  const results = await endsOf(caller, inputs);
  const left: Asked<In, Out>[] = [];
  for (const [index, asked] of waiting.entries()) {
    const ended = results[index] ?? { error: new Error("a batch has lost one of its things") };
    if ("error" in ended && caller.signal.aborted) left.push(asked);
    else asked.end(ended);
  }
  return left;
}

async function endsOf<In, Out>(
  { send, signal }: Asker<In, Out>,
  inputs: readonly In[],
): Promise<readonly Ended<Out>[]> {
  try {
    return await unlessAborted(send(inputs), signal);
  } catch (error) {
    return inputs.map(() => ({ error }));
  }
}

function askedFor<In, Out>(input: In, asker: Asker<In, Out>): Asked<In, Out> {
  let end: Asked<In, Out>["end"] = () => undefined;
  const ended = new Promise<Ended<Out>>((resolve) => (end = resolve));
  return { ...asker, input, end, ended };
}
