/** Counting: how many conversations a group holds, how many of a selection have each value. */

import { within, type Column, type View } from "../data/view";
import { ownFilter, type Filters, type Passing } from "./filter";
import { effective } from "./statistics";

/** Conversations of each group that pass the filters, duplicates counted. */
export function groupCounts(view: View, pass: Passing, filters: Filters): Float64Array {
  if (view.published) return publishedCounts(view, filters);
  const counts = new Float64Array(view.groups.length);
  const { fails } = pass;
  const { group, weight } = view;
  for (let row = 0; row < view.rows; row++) if (!fails[row]) counts[group[row]] += weight ? weight[row] : 1;
  return rollUp(view, counts);
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
function publishedCounts(view: View, filters: Filters): Float64Array {
  const [name, kept] = Object.entries(filters.values)[0] ?? [];
  const column = view.columns.find((one) => one.name === name);
  if (!column || !kept) return Float64Array.from(view.groups, (one) => one.count);
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
  for (let row = 0; row < view.rows; row++) chosen[row] = mine[view.group[row]];
  return chosen;
}

/** Counts of one side of a comparison: `counts` by value, the sum of those known, and its effective size. */
export interface Side {
  counts: Float64Array;
  known: number;
  size: number;
}

export interface Sides {
  inside: Side;
  outside: Side;
}

/**
 * Values of a column inside and outside a selection, among what passes the other filters.
 *
 * Without a selection everything is inside. The last count is of values not known, which no share counts in.
 */
export function tally(view: View, column: Column, pass: Passing, chosen: Uint8Array | null): Sides {
  const width = column.values.length;
  const counts = [new Float64Array(width + 1), new Float64Array(width + 1)];
  const squares = [0, 0];
  const own = ownFilter(pass, column.name);
  const { fails, failed } = pass;
  const { weight } = view;
  const data = column.data;
  for (let row = 0; row < view.rows; row++) {
    if (fails[row] && !(own && fails[row] === 1 && failed[row] === own)) continue;
    const side = chosen && !chosen[row] ? 1 : 0;
    const heft = weight ? weight[row] : 1;
    const value = data[row];
    counts[side][value] += heft;
    if (value < width) squares[side] += heft * heft;
  }
  return { inside: makeSide(counts[0], squares[0]), outside: makeSide(counts[1], squares[1]) };
}

function makeSide(counts: Float64Array, squares: number): Side {
  let known = 0;
  for (let value = 0; value < counts.length - 1; value++) known += counts[value];
  return { counts, known, size: effective(known, squares) };
}

/** The same of a published atlas, for a group against all other groups, from the cells that it holds. */
export function publishedTally(view: View, column: Column, group: number | null): Sides {
  const width = column.values.length;
  const inside = new Float64Array(width + 1);
  const outside = new Float64Array(width + 1);
  const add = (to: Float64Array, index: number, sign: number) => {
    for (let value = 0; value < width; value++) to[value] += sign * (column.data[index * width + value] ?? 0);
  };
  if (group === null) for (const root of view.roots) add(inside, root, 1);
  else {
    add(inside, group, 1);
    for (const root of view.roots) add(outside, root, 1);
    add(outside, group, -1);
    for (let value = 0; value < width; value++) outside[value] = Math.max(0, outside[value]);
  }
  const side = (counts: Float64Array): Side => {
    const known = counts.reduce((sum, one) => sum + one, 0);
    return { counts, known, size: known };
  };
  return { inside: side(inside), outside: side(outside) };
}

export interface Totals {
  count: number;
  distinct: number;
  users: number | null;
}

/** Size of a selection among what passes: with duplicates, distinct, and its known users. */
export function totals(view: View, pass: Passing, chosen: Uint8Array | null): Totals {
  const seen = view.user ? new Uint8Array(view.rows + 2) : null;
  let count = 0;
  let distinct = 0;
  let users = 0;
  for (let row = 0; row < view.rows; row++) {
    if (pass.fails[row] || (chosen && !chosen[row])) continue;
    count += view.weight ? view.weight[row] : 1;
    distinct++;
    const user = view.user ? view.user[row] : 0;
    if (seen && user && !seen[user]) {
      seen[user] = 1;
      users++;
    }
  }
  return { count, distinct, users: view.user ? users : null };
}
