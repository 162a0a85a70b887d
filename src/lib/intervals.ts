/** Total length covered by intervals that may overlap. */
export function unionLength(intervals: readonly (readonly [number, number])[]): number {
  let covered = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const [from, to] of [...intervals].sort((a, b) => a[0] - b[0])) {
    if (to <= reached) continue;
    covered += Math.max(0, to - Math.max(from, reached));
    reached = to;
  }
  return covered;
}
