/** Counting: how many conversations a group holds, how many of a selection have each value. */

import type { ColumnSums } from "../data/sums";
import { within, type Column, type Group, type View } from "../data/view";
import { ofEveryRow, ownFilter, type Filters, type Passing } from "./filter";
import { effective } from "./statistics";

/** Conversations of each group that pass the filters, duplicates counted; of segments, those that touch it. */
export function groupCounts(view: View, pass: Passing, filters: Filters): Float64Array {
  if (view.published) return publishedCounts(view, filters, (one) => one.count);
  if (view.sums && !pass.names.length) return Float64Array.from(view.sums.groups);
  return view.order ? groupsTouched(view, pass) : masses(view, pass);
}

/** What each group's share is counted by: its conversations, or the sum of its segments' parts of them. */
export function groupMasses(view: View, pass: Passing, filters: Filters): Float64Array {
  if (view.published) return publishedCounts(view, filters, (one) => one.weight ?? one.count);
  if (view.sums && !pass.names.length) return Float64Array.from(view.sums.masses ?? view.sums.groups);
  return masses(view, pass);
}

function masses(view: View, { fails }: Passing): Float64Array {
  const counts = new Float64Array(view.groups.length);
  const { mass } = view;
  const group = ofEveryRow(view, view.group);
  for (let row = 0; row < group.length; row++) if (!fails[row]) counts[group[row]] += mass ? mass[row] : 1;
  return rollUp(view, counts);
}

/** A conversation counts once in each group that one of its segments is in, however many are. */
function groupsTouched(view: View, { fails }: Passing): Float64Array {
  const counts = new Float64Array(view.groups.length);
  const last = new Int32Array(view.groups.length).fill(-1);
  const { groups, weight } = view;
  const group = ofEveryRow(view, view.group);
  const whole = view.whole!;
  for (const row of view.order!) {
    if (fails[row]) continue;
    for (let at: number | null = group[row]; at !== null && last[at] !== whole[row]; at = groups[at].parent) {
      last[at] = whole[row];
      counts[at] += weight ? weight[row] : 1;
    }
  }
  return counts;
}

export interface Touching {
  counts: Float64Array;
  add(row: number, place: number): void;
}

/** Conversations that touch each of `places`, added row by row: one of several segments counts once in a place. */
export function touching(view: View, places: number): Touching {
  const { whole, weight } = view;
  const counts = new Float64Array(places);
  const seen = new Set<number>();
  const add = (row: number, place: number) => {
    const key = whole ? whole[row] * places + place : 0;
    if (whole && seen.has(key)) return;
    if (whole) seen.add(key);
    counts[place] += weight ? weight[row] : 1;
  };
  return { counts, add };
}

/** Adds to every group what those below it hold. */
export function rollUp(view: View, counts: Float64Array): Float64Array {
  for (const level of view.levels) {
    for (const index of level) {
      const { parent } = view.groups[index];
      if (parent !== null) counts[parent] += counts[index];
    }
  }
  return counts;
}

/** A published atlas has counts of one facet at a time: the cells of the values that stay. */
function publishedCounts(view: View, filters: Filters, size: (one: Group) => number): Float64Array {
  const [name, kept] = Object.entries(filters.values)[0] ?? [];
  const column = view.columns.find((one) => one.name === name);
  if (!column || !kept) return Float64Array.from(view.groups, size);
  const width = column.values.length;
  return Float64Array.from(view.groups, (one) =>
    kept.reduce((sum, place) => sum + (column.data[one.index * width + place] ?? 0), 0),
  );
}

/** The selected rows: those of a group, or those inside a lasso. */
export function groupRows(view: View, group: number): Uint8Array {
  const mine = new Uint8Array(view.groups.length);
  for (const one of within(view, group)) mine[one] = 1;
  const chosen = new Uint8Array(view.rows);
  const base = ofEveryRow(view, view.group);
  for (let row = 0; row < base.length; row++) chosen[row] = mine[base[row]];
  return chosen;
}

/**
 * One side of a comparison: `counts` by value, the last of what is not known; `all` conversations, which every share
 * is a part of; and their effective size. `touched`: how many conversations have each value; of segments, one may have
 * several.
 */
export interface Side {
  counts: Float64Array;
  touched: Float64Array;
  all: number;
  size: number;
}

export interface Sides {
  inside: Side;
  outside: Side;
}

/**
 * Values of a column inside and outside a selection, among what passes the other filters.
 *
 * Without a selection everything is inside. The last count is of values not known, which are a part of all.
 */
export function tally(view: View, column: Column, pass: Passing, chosen: Uint8Array | null): Sides {
  if (column.sums && !pass.names.length && !chosen) return sidesOfSums(column.sums);
  ofEveryRow(view, column.data);
  return view.order ? tallyParts(view, column, pass, chosen) : tallyRows(view, column, pass, chosen);
}

/** Counted over all rows before: nothing is outside. */
function sidesOfSums({ counts, touched, squares }: ColumnSums): Sides {
  const nothing = new Float64Array(counts.length);
  const inside = Float64Array.from(counts);
  return { inside: makeSide(inside, touched ? Float64Array.from(touched) : inside, squares), outside: makeSide(nothing, nothing, 0) };
}

/** Where a row counts: 0 nowhere, 1 inside, 2 outside. Made once for all charts that look past no filter. */
const places = new WeakMap<Passing, { chosen: Uint8Array | null; place: Uint8Array }>();

function placesOf(pass: Passing, chosen: Uint8Array | null): Uint8Array {
  const before = places.get(pass);
  if (before && before.chosen === chosen) return before.place;
  const { fails } = pass;
  const place = new Uint8Array(fails.length);
  for (let row = 0; row < place.length; row++) place[row] = fails[row] ? 0 : chosen && !chosen[row] ? 2 : 1;
  places.set(pass, { chosen, place });
  return place;
}

function tallyRows(view: View, column: Column, pass: Passing, chosen: Uint8Array | null): Sides {
  const stride = column.values.length + 1;
  const { fails, failed } = pass;
  const { mass } = view;
  const { data } = column;
  const own = ownFilter(pass, column.name);
  let place = placesOf(pass, chosen);
  if (own) {
    place = place.slice();
    for (let row = 0; row < place.length; row++) {
      if (fails[row] === 1 && failed[row] === own) place[row] = chosen && !chosen[row] ? 2 : 1;
    }
  }
  // What counts nowhere is counted too, in front: that costs less than to ask of every row.
  const counts = new Float64Array(3 * stride);
  const squares = new Float64Array(3 * stride);
  if (mass) {
    for (let row = 0; row < data.length; row++) {
      const at = place[row] * stride + data[row];
      const mine = mass[row];
      counts[at] += mine;
      squares[at] += mine * mine;
    }
  } else {
    for (let row = 0; row < data.length; row++) counts[place[row] * stride + data[row]]++;
    squares.set(counts);
  }
  const side = (number: 1 | 2): Side => {
    const mine = counts.slice(number * stride, (number + 1) * stride);
    return makeSide(mine, mine, sum(squares.subarray(number * stride, (number + 1) * stride)));
  };
  return { inside: side(1), outside: side(2) };
}

/** Of segments: a conversation touches a value once, and its segments weigh together. */
function tallyParts(view: View, column: Column, pass: Passing, chosen: Uint8Array | null): Sides {
  const width = column.values.length;
  const counts = [new Float64Array(width + 1), new Float64Array(width + 1)];
  const touched = [new Float64Array(width + 1), new Float64Array(width + 1)];
  const last = [new Int32Array(width + 1).fill(-1), new Int32Array(width + 1).fill(-1)];
  const squares = [new Squares(), new Squares()];
  const own = ownFilter(pass, column.name);
  const { fails, failed } = pass;
  const { weight } = view;
  const [mass, whole] = [view.mass!, view.whole!];
  const { data } = column;
  for (const row of view.order!) {
    if (fails[row] && !(own && fails[row] === 1 && failed[row] === own)) continue;
    const side = chosen && !chosen[row] ? 1 : 0;
    const value = data[row];
    counts[side][value] += mass[row];
    squares[side].add(whole[row], mass[row]);
    if (last[side][value] !== whole[row]) {
      last[side][value] = whole[row];
      touched[side][value] += weight ? weight[row] : 1;
    }
  }
  return {
    inside: makeSide(counts[0], touched[0], squares[0].total()),
    outside: makeSide(counts[1], touched[1], squares[1].total()),
  };
}

/** The sum of squares of what conversations weigh, where the segments of one come one after another. */
export class Squares {
  private last = -1;
  private held = 0;
  private sum = 0;

  add(whole: number, mass: number): void {
    if (whole !== this.last) {
      this.sum += this.held * this.held;
      this.last = whole;
      this.held = 0;
    }
    this.held += mass;
  }

  total(): number {
    return this.sum + this.held * this.held;
  }
}

function makeSide(counts: Float64Array, touched: Float64Array, squares: number): Side {
  const all = sum(counts);
  return { counts, touched, all, size: effective(all, squares) };
}

function sum(all: Float64Array): number {
  let found = 0;
  for (const one of all) found += one;
  return found;
}

export interface Totals {
  /** Conversations with a row in the selection, copies too. */
  count: number;
  /** What the selection's share is counted by: of segments, the sum of their parts of conversations. */
  mass: number;
  distinct: number;
  users: number | null;
  rows: number;
}

/** Size of a selection among what passes: with duplicates, distinct, and its known users. */
export function totals(view: View, pass: Passing, chosen: Uint8Array | null): Totals {
  if (view.sums && !pass.names.length && !chosen) return { ...view.sums.totals };
  const { mass, order, weight, whole, user } = view;
  const { fails } = pass;
  const seen = user && new Uint8Array(view.rows + 2);
  const found: Totals = { count: 0, mass: 0, distinct: 0, users: user ? 0 : null, rows: 0 };
  let last = -1;
  for (let at = 0; at < view.rows; at++) {
    const row = order ? order[at] : at;
    if (fails[row] || (chosen && !chosen[row])) continue;
    found.rows++;
    found.mass += mass ? mass[row] : 1;
    if (whole) {
      if (whole[row] === last) continue;
      last = whole[row];
    }
    found.count += weight ? weight[row] : 1;
    found.distinct++;
    if (!user || !seen) continue;
    const mine = user[row];
    if (mine && !seen[mine]) {
      seen[mine] = 1;
      found.users!++;
    }
  }
  return found;
}
