/** So many questions are under way at once: enough that the way to a store does not count, few enough for a pool of connections. */
const chunkSize = 250;

/** Does the work for each, many at once, and gives the results in order. */
export async function inChunks<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += chunkSize) {
    results.push(...(await Promise.all(items.slice(start, start + chunkSize).map(work))));
  }
  return results;
}
