/** The rows of the tree that are in sight, in their order. */

import { signal } from "@preact/signals";
import { anyFilter } from "../logic/filter";
import { figureOf, weakness } from "../logic/quality";
import { unseen } from "../logic/published";
import { changes, counts, filters, sort, view } from "../state";

export const open = signal<ReadonlySet<number>>(new Set());
export const focused = signal<number | null>(null);

export interface Row {
  group: number;
  depth: number;
  place: number;
  siblings: number;
  /** The groups whose last descendant in sight it is and which have more that is not shown, the lowest first. */
  after: number[];
}

/** The rows in sight, in reading order. */
export function rows(): Row[] {
  const { groups, roots } = view.value;
  const found: Row[] = [];
  const add = (list: number[], depth: number) => {
    const order = arrange(list);
    order.forEach((group, place) => {
      found.push({ group, depth, place, siblings: order.length, after: [] });
      if (!open.value.has(group) || !groups[group].children.length) return;
      add(groups[group].children, depth + 1);
      if (unseenIn(group)) found[found.length - 1].after.push(group);
    });
  };
  add(roots, 0);
  return found;
}

/** How much of a group (null: of all) is in no group below it that is shown. */
export function unseenIn(group: number | null): number {
  return unseen(view.value, group, anyFilter(filters.value) ? counts.value : null);
}

/** Two groups without a figure are alike. */
function compareKeys(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function arrange(list: number[]): number[] {
  const key = (group: number): number => {
    const figure = figureOf(sort.value);
    if (figure !== null) return weakness(view.value, group, figure);
    if (sort.value === "change") return changes.value?.get(group)?.difference ?? 0;
    if (sort.value === "share") return counts.value[group] / Math.max(1, view.value.groups[group].count);
    return counts.value[group];
  };
  const filtered = anyFilter(filters.value);
  return list
    .filter((group) => !filtered || counts.value[group] > 0)
    .sort((a, b) => Number(view.value.groups[a].mixed) - Number(view.value.groups[b].mixed) || compareKeys(key(b), key(a)) || view.value.groups[b].count - view.value.groups[a].count || a - b);
}

export function setOpen(groups: Iterable<number>, to: boolean): void {
  const next = new Set(open.value);
  for (const group of groups) {
    if (to) next.add(group);
    else next.delete(group);
  }
  open.value = next;
}
