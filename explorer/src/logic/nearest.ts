/** The point under the pointer. */

/**
 * The row whose point is nearest to a place on the map and not farther from it than it reaches; -1 for none. A point of a
 * later list lies above those of earlier ones. All points that are drawn are looked at: of 100,000 that takes less than a
 * millisecond, and an index of them takes longer than to draw them.
 */
export function nearest(lists: Uint32Array[], x: Float32Array, y: Float32Array, [px, py]: [number, number], reach: number | ((row: number) => number)): number {
  let [found, least] = [-1, Infinity];
  const most = typeof reach === "number" ? reach * reach : Infinity;
  for (const rows of lists) {
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at];
      const [right, up] = [x[row] - px, y[row] - py];
      const distance = right * right + up * up;
      if (distance > least || distance > most || (typeof reach !== "number" && distance > reach(row) ** 2)) continue;
      [found, least] = [row, distance];
    }
  }
  return found;
}
