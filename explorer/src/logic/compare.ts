/** Two halves of an atlas side by side: which groups grew, which shrank, and whether that is more than chance. */

import { NO_DAY, type View } from "../data/view";
import type { Passing } from "./filter";
import { lists } from "./lists";
import { benjaminiHochberg, effective, newcombe, twoProportions, type Interval } from "./statistics";
import { rollUp, Squares } from "./tally";
import { medianDay } from "./time";

/** Before and from a day, or two values of a column. */
export type Halves = { by: "day"; day: number } | { by: "value"; column: string; a: number; b: number };

export interface Change {
  group: number;
  a: number;
  b: number;
  shareA: number;
  shareB: number;
  difference: number;
  interval: Interval;
  p: number;
  q: number;
}

export interface Compared {
  /** Conversations of each half, copies too. */
  totalA: number;
  totalB: number;
  changes: Change[];
}

interface Counted {
  counts: [Float64Array, Float64Array];
  totals: [number, number];
  sizes: [number, number];
  /** Conversations; of segments, those that touch the half. */
  touched: [number, number];
}

/** Of the changes that are called significant at most so large a share is false, by expectation. */
export const CHANGE_ALPHA = 0.05;

/** Whether a change counts as significant: everywhere on the page the same. */
export function isSignificant({ q }: { q: number }): boolean {
  return q < CHANGE_ALPHA;
}

/** Changes from A to B of the groups of a level, or of all with `level` null, greatest difference first. */
export function compare(view: View, pass: Passing, halves: Halves, level: number | null): Compared {
  const { counts, totals, sizes, touched } = view.published ? countPublished(view, halves) : countOnce(view, pass, halves);
  // A group without a parent stands for itself at the levels above its own.
  const lone = level === null ? [] : view.roots.filter((one) => view.groups[one].level < level);
  const groups = level === null ? view.groups.map((one) => one.index) : [...view.levels[level], ...lone];
  const changes = groups.map((group): Change => {
    const [a, b] = [counts[0][group], counts[1][group]];
    const shareA = totals[0] ? a / totals[0] : 0;
    const shareB = totals[1] ? b / totals[1] : 0;
    return {
      group,
      a,
      b,
      shareA,
      shareB,
      difference: shareB - shareA,
      interval: newcombe(shareB, sizes[1], shareA, sizes[0]),
      p: twoProportions(shareB, sizes[1], shareA, sizes[0]),
      q: 1,
    };
  });
  const q = benjaminiHochberg(changes.map((one) => one.p));
  changes.forEach((one, index) => (one.q = q[index]));
  changes.sort((one, other) => Math.abs(other.difference) - Math.abs(one.difference) || one.group - other.group);
  return { totalA: touched[0], totalB: touched[1], changes };
}

/** Before and after the median date, or the two most frequent values of the first facet that has two. */
export function usualHalves(view: View): Halves | null {
  if (view.days && view.days.last > 0) return { by: "day", day: medianDay(view) };
  const column = view.columns.find((one) => one.values.length > 1);
  return column ? { by: "value", column: column.name, a: 0, b: 1 } : null;
}

/** The latest count of what passes: the levels of the tree are compared one after another. */
const latest = new WeakMap<Passing, { halves: Halves; counted: Counted }>();

function countOnce(view: View, pass: Passing, halves: Halves): Counted {
  const before = latest.get(pass);
  if (before?.halves === halves) return before.counted;
  const counted = countRows(view, pass, halves);
  const here = halves.by === "day" ? view.day?.length : view.columns.find((one) => one.name === halves.column)?.here;
  if (here) latest.set(pass, { halves, counted });
  return counted;
}

function countRows(view: View, pass: Passing, halves: Halves): Counted {
  const counts: [Float64Array, Float64Array] = [new Float64Array(view.groups.length), new Float64Array(view.groups.length)];
  const totals: [number, number] = [0, 0];
  const touched: [number, number] = [0, 0];
  const squares = [new Squares(), new Squares()];
  const last = [-1, -1];
  const { whole, group, day: days, mass: masses, weight } = view;
  const rows = lists(view, pass, null).inside;
  const data = halves.by === "value" ? view.columns.find((one) => one.name === halves.column)?.data : undefined;
  // A comparison by a column or by date looks past nothing: a filter on the same holds too.
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    let side: 0 | 1;
    if (halves.by === "day") {
      const day = days ? days[row] : NO_DAY;
      if (day === NO_DAY) continue;
      side = day < halves.day ? 0 : 1;
    } else {
      const value = data?.[row];
      if (value === halves.a) side = 0;
      else if (value === halves.b) side = 1;
      else continue;
    }
    const mass = masses ? masses[row] : 1;
    counts[side][group[row]] += mass;
    totals[side] += mass;
    const mine = whole ? whole[row] : row;
    squares[side].add(mine, mass);
    if (mine !== last[side]) touched[side] += weight ? weight[row] : 1;
    last[side] = mine;
  }
  return {
    counts: [rollUp(view, counts[0]), rollUp(view, counts[1])],
    totals,
    sizes: [effective(totals[0], squares[0].total()), effective(totals[1], squares[1].total())],
    touched,
  };
}

function countPublished(view: View, halves: Halves): Counted {
  const column = halves.by === "value" ? view.columns.find((one) => one.name === halves.column) : undefined;
  const width = column?.values.length ?? 0;
  const of = (value: number) => Float64Array.from(view.groups, (one) => column?.data[one.index * width + value] ?? 0);
  const counts: [Float64Array, Float64Array] = halves.by === "value" ? [of(halves.a), of(halves.b)] : [of(-1), of(-1)];
  const total = (one: Float64Array) => view.roots.reduce((sum, root) => sum + one[root], 0);
  const totals: [number, number] = [total(counts[0]), total(counts[1])];
  return { counts, totals, sizes: totals, touched: totals };
}
