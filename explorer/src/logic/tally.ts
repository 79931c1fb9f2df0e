/** Counting: how many conversations a group holds, how many of a selection have each value. */

import type { Numbers } from "../data/container";
import type { ColumnSums } from "../data/sums";
import { within, type Column, type Group, type View } from "../data/view";
import { ofEveryRow, ownFilter, type Filters, type Passing } from "./filter";
import { lists } from "./lists";
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

function masses(view: View, pass: Passing): Float64Array {
  return rollUp(view, countBy(ofEveryRow(view, view.group), view.groups.length, lists(view, pass, null).inside, view.mass));
}

/** What the rows with each code weigh; without `mass`, how many they are. */
export function countBy(codes: Numbers, width: number, rows: Uint32Array, mass: Numbers | Float64Array | null): Float64Array {
  const counts = new Float64Array(width);
  if (mass) for (let at = 0; at < rows.length; at++) counts[codes[rows[at]]] += mass[rows[at]];
  else for (let at = 0; at < rows.length; at++) counts[codes[rows[at]]]++;
  return counts;
}

/** A conversation counts once in each group that one of its segments is in, however many are. */
function groupsTouched(view: View, pass: Passing): Float64Array {
  const counts = new Float64Array(view.groups.length);
  const last = new Int32Array(view.groups.length).fill(-1);
  const { groups, weight } = view;
  const group = ofEveryRow(view, view.group);
  const whole = view.whole!;
  for (const row of lists(view, pass, null).inside) {
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
  const own = ownFilter(pass, column.name);
  // Looking past the only filter leaves all rows, which were counted before.
  if (column.sums && own && pass.names.length === 1 && !chosen) return sidesOfSums(column.sums);
  const { inside, outside } = lists(view, pass, chosen, own);
  const side = view.order ? sideOfParts : sideOfRows;
  return { inside: side(view, column, inside), outside: side(view, column, outside) };
}

/** Counted over all rows before: nothing is outside. */
function sidesOfSums({ counts, touched, squares }: ColumnSums): Sides {
  const nothing = new Float64Array(counts.length);
  const inside = Float64Array.from(counts);
  return { inside: makeSide(inside, touched ? Float64Array.from(touched) : inside, squares), outside: makeSide(nothing, nothing, 0) };
}

function sideOfRows(view: View, column: Column, rows: Uint32Array): Side {
  const counts = countBy(ofEveryRow(view, column.data), column.values.length + 1, rows, view.mass);
  return makeSide(counts, counts, squaresOf(rows, view.mass));
}

/** The sums of squares of what the rows of lists weigh: the same for all columns. */
const squares = new WeakMap<Uint32Array, number>();

function squaresOf(rows: Uint32Array, mass: Numbers | Float64Array | null): number {
  if (!mass) return rows.length;
  let found = squares.get(rows);
  if (found === undefined) {
    found = 0;
    for (let at = 0; at < rows.length; at++) found += mass[rows[at]] * mass[rows[at]];
    squares.set(rows, found);
  }
  return found;
}

/** Of segments: a conversation touches a value once, and its segments weigh together. */
function sideOfParts(view: View, column: Column, rows: Uint32Array): Side {
  const width = column.values.length;
  const counts = new Float64Array(width + 1);
  const touched = new Float64Array(width + 1);
  const last = new Int32Array(width + 1).fill(-1);
  const squares = new Squares();
  const { weight } = view;
  const [mass, whole] = [view.mass!, view.whole!];
  const data = ofEveryRow(view, column.data);
  for (const row of rows) {
    const value = data[row];
    counts[value] += mass[row];
    squares.add(whole[row], mass[row]);
    if (last[value] === whole[row]) continue;
    last[value] = whole[row];
    touched[value] += weight ? weight[row] : 1;
  }
  return makeSide(counts, touched, squares.total());
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
  const { mass, weight, whole, user } = view;
  const rows = lists(view, pass, chosen).inside;
  const seen = user && new Uint8Array(view.rows + 2);
  let [count, weighs, distinct, users, last] = [0, 0, 0, 0, -1];
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    weighs += mass ? mass[row] : 1;
    if (whole) {
      if (whole[row] === last) continue;
      last = whole[row];
    }
    count += weight ? weight[row] : 1;
    distinct++;
    if (seen) seen[user[row]] = 1;
  }
  if (seen) for (let one = 1; one < seen.length; one++) users += seen[one]; // 0 stands for nobody known
  return { count, mass: weighs, distinct, users: user ? users : null, rows: rows.length };
}
