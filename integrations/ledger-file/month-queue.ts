interface Place {
  running: Promise<void>;
  /** Shared by all that ask while the one before is being written. */
  next: Promise<void> | undefined;
}

/** Work on one thing at a time: whoever asks while it runs gets the next run, together. */
export class MonthQueue {
  readonly #places = new Map<string, Place>();

  /** Resolves when a run has ended that was begun after the call. */
  async run(name: string, work: () => Promise<void>): Promise<void> {
    const place = this.#places.get(name);
    if (!place) {
      const fresh: Place = { running: Promise.resolve(), next: undefined };
      this.#places.set(name, fresh);
      return this.#begin(name, fresh, work);
    }
    place.next ??= place.running.catch(() => undefined).then(() => this.#begin(name, place, work));
    return place.next;
  }

  async #begin(name: string, place: Place, work: () => Promise<void>): Promise<void> {
    place.next = undefined;
    place.running = work();
    try {
      await place.running;
    } finally {
      // Nobody waits: the next one starts afresh.
      if (this.#places.get(name)?.next === undefined) this.#places.delete(name);
    }
  }
}
