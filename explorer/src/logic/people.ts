/** People drawn anew, each with all that they wrote: what intervals are made of (src/clioscope/analysis/people.py). */

import type { View } from "../data/view";
import { decompose, type Decomposed, type Sums } from "./decompose";
import { erfc, type Interval } from "./statistics";

/** Conversations, or segments of them: the cell of each (period and group), what it counts in shares, the weight of its
 * value, the value by its weight, and the person who wrote it. */
export interface Rows {
  cell: Uint32Array;
  size: Float64Array;
  known: Float64Array;
  total: Float64Array;
  person: Uint32Array;
  people: number;
}

/** A number per row: that of its user, or of its whole conversation where no user is known. */
export function peopleOf(view: View, kept: number[]): { person: Uint32Array; people: number } {
  const seen = new Map<number, number>();
  const { user: users, whole } = view;
  const person = Uint32Array.from(kept, (row) => {
    const user = users?.[row] || -1 - (whole?.[row] ?? row);
    if (!seen.has(user)) seen.set(user, seen.size);
    return seen.get(user)!;
  });
  return { person, people: seen.size };
}

export function sumsOf(rows: Rows, k: number, times: Uint32Array | null): Sums {
  const sums = { size: new Float64Array(2 * k), known: new Float64Array(2 * k), total: new Float64Array(2 * k) };
  for (let row = 0; row < rows.cell.length; row++) {
    const often = times ? times[rows.person[row]] : 1;
    if (!often) continue;
    const cell = rows.cell[row];
    sums.size[cell] += often * rows.size[row];
    sums.known[cell] += often * rows.known[row];
    sums.total[cell] += often * rows.total[row];
  }
  return sums;
}

/** The same in samples of people with replacement, each with all that they wrote; the same ones every time. */
export function draw(rows: Rows, k: number, draws: number): Decomposed[] {
  const random = generator(0);
  const found: Decomposed[] = [];
  for (let number = 0; number < draws; number++) {
    const times = new Uint32Array(rows.people);
    for (let one = 0; one < rows.people; one++) times[Math.floor(random() * rows.people)]++;
    const made = decompose(sumsOf(rows, k, times));
    if (Number.isFinite(made.overall[0] + made.overall[1])) found.push(made);
  }
  return found;
}

/** Mulberry32 (Tommy Ettinger, public domain): numbers from 0 to 1, the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function middle95(sampled: number[]): Interval | null {
  if (sampled.length < 2) return null;
  const sorted = Float64Array.from(sampled).sort();
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    return sorted[below] + (place - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
  };
  return { low: at(0.025), high: at(0.975) };
}

export function pOf(part: number, sampled: number[]): number {
  const mean = sampled.reduce((one, other) => one + other, 0) / sampled.length;
  const error = Math.sqrt(sampled.reduce((sum, one) => sum + (one - mean) ** 2, 0) / sampled.length);
  return error > 0 ? Math.min(1, erfc(Math.abs(part) / error / Math.SQRT2)) : 1;
}
