/**
 * Merges lists that are each in the order of their positions into one. Of each list no more is read
 * than one entry ahead.
 */
export async function* inOrderOfPosition<Entry extends { position: number }>(
  lists: readonly AsyncGenerator<Entry>[],
): AsyncGenerator<Entry> {
  const heads: { entry: Entry; list: AsyncGenerator<Entry> }[] = [];
  const advance = async (list: AsyncGenerator<Entry>) => {
    const next = await list.next();
    if (next.done !== true) heads.push({ entry: next.value, list });
  };
  for (const list of lists) await advance(list);
  for (;;) {
    heads.sort((a, b) => a.entry.position - b.entry.position);
    const first = heads.shift();
    if (!first) return;
    yield first.entry;
    await advance(first.list);
  }
}
