/** The word that was most likely meant, or undefined when none of the known ones is near. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const edits = editsBetween(word, candidate);
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

/** How many letters must be put in, taken out or replaced to make one word of the other. */
function editsBetween(from: string, to: string): number {
  let above = [...Array(to.length + 1).keys()];
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = Number(above[column - 1]) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, Number(above[column]) + 1, Number(current[column - 1]) + 1));
    }
    above = current;
  }
  return Number(above[to.length]);
}
