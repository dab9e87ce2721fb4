/** Queues by subject: at the head of each, one group at a time is under way. */
export class SubjectQueues<Item> {
  readonly #queues = new Map<string, { items: Item[]; underWay: number }>();

  add(name: string, item: Item): void {
    const queue = this.#queues.get(name);
    if (queue) queue.items.push(item);
    else this.#queues.set(name, { items: [item], underWay: 0 });
  }

  /** Queues with items and nothing under way. */
  startable(): { name: string; items: readonly Item[] }[] {
    return [...this.#queues]
      .filter(([, { items, underWay }]) => underWay === 0 && items.length > 0)
      .map(([name, { items }]) => ({ name, items: [...items] }));
  }

  /** Takes so many items off the head; the queue stands still until they are finished. */
  start(name: string, count: number): void {
    const queue = this.#queues.get(name);
    if (!queue) return;
    queue.items.splice(0, count);
    queue.underWay = count;
  }

  /** One item that was under way is done with. */
  finish(name: string): void {
    const queue = this.#queues.get(name);
    if (!queue) return;
    queue.underWay = Math.max(0, queue.underWay - 1);
    if (queue.underWay === 0 && queue.items.length === 0) this.#queues.delete(name);
  }

  clear(): void {
    this.#queues.clear();
  }
}
