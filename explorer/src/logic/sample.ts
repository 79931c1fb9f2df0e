/** Which points the map draws of more than it can draw at once: some of them, picked evenly, so that density stays true. */

import type { Lists } from "./lists";

/** So many points are drawn quickly without a graphics card, too. */
export const MOST_DRAWN = 100_000;
/** So many are drawn at first where all of them take long, so that a click is answered at once. */
export const FIRST_DRAWN = 25_000;

/** A part of the plane. */
export interface Window {
  left: number;
  right: number;
  low: number;
  high: number;
}

export interface Picked {
  /** Those that are dim first, so that what is selected is drawn over them. */
  rows: Uint32Array;
  /** How many of the first rows are dim. */
  dim: number;
  /** How many there are to be drawn in the window. */
  of: number;
  /** Whether every one had the same chance; not where what is selected comes first. */
  even: boolean;
}

const BRIGHT = 0.8; // of what is drawn, at most this share is what is selected, while there is anything else

/**
 * The rows to draw of those that are selected (`inside`) and those that are dim (`outside`): all in the window, or
 * `most` of them. What is selected comes before what is dim. Which ones are picked depends on their numbers alone, so
 * that the same ones stay when the window or a filter changes.
 */
export function pick({ inside, outside }: Lists, x: Float32Array, y: Float32Array, window: Window | null, most = MOST_DRAWN): Picked {
  const bright = window ? seen(inside, x, y, window) : inside;
  const dim = window ? seen(outside, x, y, window) : outside;
  const brightMost = Math.min(bright.length, Math.max(most - dim.length, Math.floor(most * BRIGHT)));
  const dimMost = Math.min(dim.length, most - brightMost);
  const rows = new Uint32Array(bright.length + dim.length);
  const first = thin(dim, dimMost, rows, 0);
  const end = thin(bright, brightMost, rows, first);
  return { rows: rows.slice(0, end), dim: first, of: rows.length, even: !dim.length || !bright.length };
}

/** The rows in a part of the plane. */
function seen(rows: Uint32Array, x: Float32Array, y: Float32Array, { left, right, low, high }: Window): Uint32Array {
  const found = new Uint32Array(rows.length);
  let size = 0;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    if (x[row] >= left && x[row] <= right && y[row] >= low && y[row] <= high) found[size++] = row;
  }
  return found.subarray(0, size);
}

/** Puts about `wanted` of some rows into a list, from a place on; the place after the last. */
function thin(rows: Uint32Array, wanted: number, into: Uint32Array, from: number): number {
  const most = limit(wanted, rows.length);
  let size = from;
  for (let at = 0; at < rows.length; at++) {
    into[size] = rows[at];
    if (Math.imul(rows[at], 0x9e3779b1) >>> 0 <= most) size++;
  }
  return size;
}

/** Multiples of an odd number near 2^32 / φ, cut at 32 bits, fill the numbers below 2^32 evenly (Knuth, TAOCP 3, 6.4). */
function limit(wanted: number, all: number): number {
  return wanted >= all ? 0xffffffff : wanted ? Math.floor((wanted / all) * 0x100000000) - 1 : -1;
}
