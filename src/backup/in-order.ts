/** Works on several items at once and gives the results in the order of the items; never more than `atOnce` are held. */
export async function* inOrder<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncIterable<R> {
  const underWay: Promise<R>[] = [];
  for (const item of items) {
    const result = work(item);
    // A failure is met when its turn comes; if the reader leaves earlier, it is no longer of interest.
    result.catch(() => undefined);
    underWay.push(result);
    if (underWay.length >= atOnce) yield (await underWay.shift()) as R;
  }
  for (const result of underWay) yield await result;
}
