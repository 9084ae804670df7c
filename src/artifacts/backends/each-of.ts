/** How much is asked of a store at a time. */
const AT_ONCE = 16;

/** Does something with each of many items, a few at a time; the first failure ends it. */
export async function eachOf<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const workers = Array.from({ length: Math.min(AT_ONCE, items.length) }, async () => {
    for (const item of left) await work(item);
  });
  await Promise.all(workers);
}
