/** Counting: how many conversations a group holds, how many of a selection have each value. */

import { within, type Column, type Group, type View } from "../data/view";
import { ownFilter, type Filters, type Passing } from "./filter";
import { effective } from "./statistics";

/** Conversations of each group that pass the filters, duplicates counted; of segments, those that touch it. */
export function groupCounts(view: View, pass: Passing, filters: Filters): Float64Array {
  if (view.published) return publishedCounts(view, filters, (one) => one.count);
  return view.order ? touching(view, pass) : hefts(view, pass);
}

/** What each group's share is counted by: its conversations, or the sum of its segments' parts of them. */
export function groupHefts(view: View, pass: Passing, filters: Filters): Float64Array {
  if (view.published) return publishedCounts(view, filters, (one) => one.weight ?? one.count);
  return hefts(view, pass);
}

function hefts(view: View, { fails }: Passing): Float64Array {
  const counts = new Float64Array(view.groups.length);
  const { group, heft } = view;
  for (let row = 0; row < view.rows; row++) if (!fails[row]) counts[group[row]] += heft ? heft[row] : 1;
  return rollUp(view, counts);
}

/** A conversation counts once in each group that one of its segments is in, however many are. */
function touching(view: View, { fails }: Passing): Float64Array {
  const counts = new Float64Array(view.groups.length);
  const last = new Int32Array(view.groups.length).fill(-1);
  const { group, groups, weight } = view;
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
  for (let row = 0; row < view.rows; row++) chosen[row] = mine[view.group[row]];
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
  const width = column.values.length;
  const counts = [new Float64Array(width + 1), new Float64Array(width + 1)];
  const own = ownFilter(pass, column.name);
  const { fails, failed } = pass;
  const { heft, weight, order, whole } = view;
  const data = column.data;
  const touched = order ? [new Float64Array(width + 1), new Float64Array(width + 1)] : counts;
  const last = order ? [new Int32Array(width + 1).fill(-1), new Int32Array(width + 1).fill(-1)] : null;
  const squares = [new Squares(), new Squares()];
  for (let at = 0; at < view.rows; at++) {
    const row = order ? order[at] : at;
    if (fails[row] && !(own && fails[row] === 1 && failed[row] === own)) continue;
    const side = chosen && !chosen[row] ? 1 : 0;
    const mine = heft ? heft[row] : 1;
    const value = data[row];
    counts[side][value] += mine;
    squares[side].add(whole ? whole[row] : row, mine);
    if (last && last[side][value] !== whole![row]) {
      last[side][value] = whole![row];
      touched[side][value] += weight ? weight[row] : 1;
    }
  }
  return { inside: makeSide(counts[0], touched[0], squares[0]), outside: makeSide(counts[1], touched[1], squares[1]) };
}

/** The sum of squares of what conversations weigh, where the segments of one come one after another. */
export class Squares {
  private last = -1;
  private held = 0;
  private sum = 0;

  add(whole: number, heft: number): void {
    if (whole !== this.last) {
      this.sum += this.held * this.held;
      this.last = whole;
      this.held = 0;
    }
    this.held += heft;
  }

  total(): number {
    return this.sum + this.held * this.held;
  }
}

function makeSide(counts: Float64Array, touched: Float64Array, squares: Squares): Side {
  const all = counts.reduce((sum, one) => sum + one, 0);
  return { counts, touched, all, size: effective(all, squares.total()) };
}

/**
 * The same of a published atlas, for a group against all other groups, from the cells that it holds: shares are parts of
 * the published counts of groups. What is in no group that is shown counts as withheld.
 */
export function publishedTally(view: View, column: Column, group: number | null): Sides {
  const width = column.values.length;
  const withheld = column.values.indexOf(null) < 0 ? width : column.values.indexOf(null);
  const inside = new Float64Array(width + 1);
  const outside = new Float64Array(width + 1);
  const add = (to: Float64Array, index: number, sign: number) => {
    for (let value = 0; value < width; value++) to[value] += sign * (column.data[index * width + value] ?? 0);
  };
  const addAll = (to: Float64Array) => {
    for (const root of view.roots) add(to, root, 1);
    to[withheld] += Math.max(0, view.total - view.roots.reduce((sum, root) => sum + view.groups[root].count, 0));
  };
  if (group === null) addAll(inside);
  else {
    add(inside, group, 1);
    addAll(outside);
    add(outside, group, -1);
    for (let value = 0; value < width; value++) outside[value] = Math.max(0, outside[value]);
  }
  const own = group === null ? view.total : view.groups[group].count;
  const side = (counts: Float64Array, all: number): Side => ({ counts, touched: counts, all, size: all });
  return { inside: side(inside, own), outside: side(outside, Math.max(0, view.total - own)) };
}

/**
 * How many conversations of a group of a published atlas (null: of all) are in no group below it that is shown. With
 * `counts`, of those that match a filter, as far as the cells tell; of all, they do not.
 */
export function unseen(view: View, group: number | null, counts: ArrayLike<number> | null): number {
  if (!view.published) return 0;
  if (group === null) return counts ? 0 : view.withheld;
  const { children, withheld } = view.groups[group];
  if (!counts) return withheld ?? 0;
  return children.length ? Math.max(0, counts[group] - children.reduce((sum, one) => sum + counts[one], 0)) : 0;
}

export interface Totals {
  /** Conversations with a row in the selection, copies too. */
  count: number;
  /** What the selection's share is counted by: of segments, the sum of their parts of conversations. */
  heft: number;
  distinct: number;
  users: number | null;
  rows: number;
}

/** Size of a selection among what passes: with duplicates, distinct, and its known users. */
export function totals(view: View, pass: Passing, chosen: Uint8Array | null): Totals {
  const seen = view.user ? new Uint8Array(view.rows + 2) : null;
  const { heft, order, weight, whole } = view;
  const found: Totals = { count: 0, heft: 0, distinct: 0, users: view.user ? 0 : null, rows: 0 };
  let last = -1;
  for (let at = 0; at < view.rows; at++) {
    const row = order ? order[at] : at;
    if (pass.fails[row] || (chosen && !chosen[row])) continue;
    found.rows++;
    found.heft += heft ? heft[row] : 1;
    if (whole && whole[row] === last) continue;
    if (whole) last = whole[row];
    found.count += weight ? weight[row] : 1;
    found.distinct++;
    const user = view.user ? view.user[row] : 0;
    if (seen && user && !seen[user]) {
      seen[user] = 1;
      found.users!++;
    }
  }
  return found;
}
