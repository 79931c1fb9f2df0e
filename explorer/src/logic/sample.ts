/** Which points the map draws of more than it can draw at once: some of them, picked evenly, so that density stays true. */

/** So many points are drawn quickly without a graphics card, too. */
export const MOST_DRAWN = 100_000;

/** A part of the plane. */
export interface Window {
  left: number;
  right: number;
  low: number;
  high: number;
}

export interface Picked {
  rows: Uint32Array;
  /** How many there are to be drawn in the window. */
  of: number;
  /** Whether every one had the same chance; not where what is selected comes first. */
  even: boolean;
}

const BRIGHT = 0.8; // of what is drawn, at most this share is what is selected, while there is anything else

/**
 * The rows to draw: of those that are not hidden (`state` 0), all in the window, or `most` of them. What is selected
 * (`state` 2) comes before what is dim (1). Which ones are picked depends on their numbers alone, so that the same
 * ones stay when the window or a filter changes.
 */
export function pick(state: Uint8Array, x: Float32Array, y: Float32Array, window: Window | null, most = MOST_DRAWN): Picked {
  const { left, right, low, high } = window ?? { left: -Infinity, right: Infinity, low: -Infinity, high: Infinity };
  const there = new Uint8Array(state.length);
  const counts = [0, 0, 0];
  for (let row = 0; row < state.length; row++) {
    if (!state[row] || x[row] < left || x[row] > right || y[row] < low || y[row] > high) continue;
    there[row] = state[row];
    counts[state[row]]++;
  }
  const [, dim, bright] = counts;
  const brightMost = Math.min(bright, Math.max(most - dim, Math.floor(most * BRIGHT)));
  const limits = [0, limit(Math.min(dim, most - brightMost), dim), limit(brightMost, bright)];
  const rows = new Uint32Array(dim + bright);
  let found = 0;
  for (let row = 0; row < state.length; row++) if (there[row] && Math.imul(row, 0x9e3779b1) >>> 0 <= limits[there[row]]) rows[found++] = row;
  return { rows: rows.slice(0, found), of: dim + bright, even: !dim || !bright };
}

/** Multiples of an odd number near 2^32 / φ, cut at 32 bits, fill the numbers below 2^32 evenly (Knuth, TAOCP 3, 6.4). */
function limit(wanted: number, all: number): number {
  return wanted >= all ? 0xffffffff : wanted ? Math.floor((wanted / all) * 0x100000000) - 1 : -1;
}
