/** Counting in a published atlas, which holds counts of groups and of values, and no conversation. */

import type { Column, View } from "../data/view";
import type { Side, Sides } from "./tally";

/**
 * The values of a column in a group and in all other groups, from the cells that the atlas holds: shares are parts of
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
