import { setTimeout as sleep } from "node:timers/promises";

/** The first that asks waits so long for others: little beside the time that a call takes. */
const COLLECT_MS = 20;

/** HubSpot's limit of one batch. */
export const MOST_AT_ONCE = 100;

/** How one of a batch ended. */
export type Ended<Out> = { value: Out } | { error: unknown };

interface Asked<In, Out> {
  input: In;
  end: (ended: Ended<Out>) => void;
  ended: Promise<Ended<Out>>;
}

/** Puts what several jobs ask for at about the same time into one call. */
export class Collector<In extends { id: string }, Out> {
  #open: Asked<In, Out>[] | undefined;

  /**
   * @param send Of whoever asks first it makes the call for all. Answers for each input, in order.
   * @throws what `send` says of this input, or throws.
   */
  async ask(
    input: In,
    send: (inputs: readonly In[]) => Promise<readonly Ended<Out>[]>,
  ): Promise<Out> {
    const same = this.#open?.find((asked) => asked.input.id === input.id);
    if (same) {
      // HubSpot takes each key once in a batch; what the other one has done counts for this one.
      await same.ended;
      return this.ask(input, send);
    }
    const asked = askedFor<In, Out>(input);
    if (this.#open) this.#add(asked);
    else void this.#collect(asked, send);
    const ended = await asked.ended;
    if ("error" in ended) throw ended.error;
    return ended.value;
  }

  async #collect(
    first: Asked<In, Out>,
    send: (inputs: readonly In[]) => Promise<readonly Ended<Out>[]>,
  ): Promise<void> {
    const batch = [first];
    this.#open = batch;
    await sleep(COLLECT_MS);
    if (this.#open === batch) this.#open = undefined;
    const results = await endsOf(
      send,
      batch.map(({ input }) => input),
    );
    for (const [index, { end }] of batch.entries()) {
      end(results[index] ?? { error: new Error("a batch has lost one of its things") });
    }
  }

  #add(asked: Asked<In, Out>): void {
    this.#open?.push(asked);
    if (this.#open?.length === MOST_AT_ONCE) this.#open = undefined;
  }
}

async function endsOf<In, Out>(
  send: (inputs: readonly In[]) => Promise<readonly Ended<Out>[]>,
  inputs: readonly In[],
): Promise<readonly Ended<Out>[]> {
  try {
    return await send(inputs);
  } catch (error) {
    return inputs.map(() => ({ error }));
  }
}

function askedFor<In, Out>(input: In): Asked<In, Out> {
  let end: Asked<In, Out>["end"] = () => undefined;
  const ended = new Promise<Ended<Out>>((resolve) => (end = resolve));
  return { input, end, ended };
}
