/**
 * A hint for a mistyped name: `; did you mean "searchOrders"?`, or nothing when no known name is near.
 * @param given - what was typed.
 * @param known - what there is.
 */
export function didYouMean(given: string, known: Iterable<string>): string {
  const nearest = nearestName(given, known);
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`;
}

/** The known name that takes the fewest edits, if they are fewer than about a third of its letters. */
export function nearestName(given: string, known: Iterable<string>): string | undefined {
  if (typeof given !== 'string') return undefined;
  const wanted = given.toLowerCase();
  if (wanted.length === 0 || wanted.length > 100) return undefined;
  let best: { name: string; edits: number } | undefined;
  for (const name of known) {
    const edits = editDistance(wanted, name.toLowerCase());
    if (edits <= Math.max(1, Math.floor(name.length / 3)) && edits < (best?.edits ?? Infinity)) {
      best = { name, edits };
    }
  }
  return best?.name;
}

/** Levenshtein's distance: letters inserted, removed or replaced. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
