/** Which groups explain that a rate or a mean changed between two periods (src/clioscope/analysis/explain_change.py). */

import { NO_DAY, type Column, type View } from "../data/view";
import { decompose, type Span } from "./decompose";
import { DAYS, ownFilter, type Passing } from "./filter";
import { draw, middle95, peopleOf, pOf, sumsOf, type Rows } from "./people";
import { benjaminiHochberg, type Interval } from "./statistics";
import { touching, type Touching } from "./tally";
import { medianDay } from "./time";

export type { Span };
/** First and last day of each period, inclusive, or two values of a column. */
export type Periods = { by: "day"; before: Span; after: Span } | { by: "value"; column: string; a: number; b: number };

export interface Question {
  column: string;
  /** The place of the value whose share is asked about; null for the mean of the column's numbers. */
  value: number | null;
  periods: Periods;
  /** The group within which the change is taken apart; null for all. */
  inside: number | null;
  /** The level of the groups, 0 the base; null for the top, or for the children of `inside`. */
  level: number | null;
}

export interface Part {
  group: number;
  share: Span;
  /** Of the metric in the group; null without a value. */
  mean: [number | null, number | null];
  /** Conversations; of segments, those that touch the group. */
  records: Span;
  mix: number;
  rate: number;
  part: number;
  interval: Interval | null;
  q: number;
}

export interface Explained {
  /** Whether the metric is a share. */
  share: boolean;
  overall: Span;
  change: number;
  interval: Interval | null;
  mix: number;
  rate: number;
  parts: Part[];
  records: Span;
  known: Span;
  people: number;
  /** Only what a model said counts, and the shares of groups are of all conversations. */
  partly: boolean;
}

export const DRAWS = 300;
const MOST_STEPS = 30_000_000; // of drawing: of very many conversations fewer samples, so that the page answers at once
const LEAST_DRAWS = 40;

/**
 * For each base group the group at `level` that holds it (src/clioscope/analysis/levels.py). A group whose parent lies
 * above the level stands for itself. With `inside` only what that group holds is there, without the group itself.
 */
export function holdersAt(view: View, inside: number | null, level: number | null): Map<number, number> {
  const found = new Map<number, number>();
  for (const { index, children } of view.groups) {
    if (children.length) continue;
    let within = inside === null;
    let holder: number | null = null;
    for (let at: number | null = index; at !== null; at = view.groups[at].parent) {
      if (at === inside) {
        within = at !== index;
        break;
      }
      if (level === null || view.groups[at].level <= level) holder = at;
    }
    if (within && holder !== null) found.set(index, holder);
  }
  return found;
}

/** Null where a period has no conversation with a value. A filter by date is looked past: periods are dates already. */
export function explain(view: View, pass: Passing, question: Question, draws = DRAWS): Explained | null {
  const column = view.columns.find((one) => one.name === question.column);
  const holders = holdersAt(view, question.inside, question.level);
  const groups = [...new Set(holders.values())].sort((a, b) => a - b);
  if (!column || view.published || !groups.length) return null;
  const k = groups.length;
  const partly = column.partly ?? false;
  const place = new Int32Array(view.groups.length).fill(-1);
  const at = new Map(groups.map((group, number) => [group, number]));
  for (const [base, group] of holders) place[base] = at.get(group)!;
  const { rows, kept, records, known } = gather(view, pass, question, column, place, k);
  if (!known[0] || !known[1]) return null;
  const found = decompose(sumsOf(rows, k, null));
  const drawn = draw(rows, k, Math.max(Math.min(draws, LEAST_DRAWS), Math.min(draws, Math.floor(MOST_STEPS / rows.cell.length))));
  const had = new Float64Array(2 * k);
  const there = touching(view, 2 * k);
  rows.cell.forEach((cell, row) => {
    there.add(kept[row], cell);
    had[cell] += rows.known[row];
  });
  const parts = groups.map((group, at): Part => {
    const sampled = drawn.map((one) => one.mix[at] + one.rate[at]);
    const part = found.mix[at] + found.rate[at];
    return {
      group,
      share: [found.share[at], found.share[k + at]],
      mean: [had[at] ? found.mean[at] : null, had[k + at] ? found.mean[k + at] : null],
      records: [there.counts[at], there.counts[k + at]],
      mix: found.mix[at],
      rate: found.rate[at],
      part,
      interval: middle95(sampled),
      q: pOf(part, sampled),
    };
  });
  const q = benjaminiHochberg(parts.map((one) => one.q));
  parts.forEach((one, at) => (one.q = q[at]));
  parts.sort((a, b) => Math.abs(b.part) - Math.abs(a.part) || a.group - b.group);
  const sum = (all: Float64Array) => all.reduce((one, other) => one + other, 0);
  return {
    share: question.value !== null,
    overall: found.overall,
    change: found.overall[1] - found.overall[0],
    interval: middle95(drawn.map((one) => one.overall[1] - one.overall[0])),
    mix: sum(found.mix),
    rate: sum(found.rate),
    parts,
    records,
    known,
    people: rows.people,
    partly,
  };
}

function gather(view: View, pass: Passing, question: Question, column: Column, place: Int32Array, k: number) {
  const { periods, value } = question;
  const by = periods.by === "value" ? view.columns.find((one) => one.name === periods.column) : undefined;
  const own = ownFilter(pass, DAYS);
  const width = column.values.length;
  const cells: number[] = [];
  const kept: number[] = [];
  const values: number[] = [];
  const records = touching(view, 2);
  const known = touching(view, 2);
  const ofAll = new Float64Array(view.groups.length);
  const ofKnown = new Float64Array(view.groups.length);
  const { group, day: days, mass: masses } = view;
  const { fails, failed } = pass;
  const { data, sure, numbers } = column;
  const sides = by?.data;
  for (let row = 0; row < view.rows; row++) {
    const at = place[group[row]];
    if (at < 0 || (fails[row] && !(own && fails[row] === 1 && failed[row] === own))) continue;
    let side: 0 | 1;
    if (periods.by === "day") {
      const day = days ? days[row] : NO_DAY;
      if (day === NO_DAY) continue;
      if (day >= periods.before[0] && day <= periods.before[1]) side = 0;
      else if (day >= periods.after[0] && day <= periods.after[1]) side = 1;
      else continue;
    } else if (sides && sides[row] === periods.a) side = 0;
    else if (sides && sides[row] === periods.b) side = 1;
    else continue;
    const mass = masses ? masses[row] : 1;
    const said = data[row] < width && !(column.partly && sure?.[row]);
    const number = value === null ? (numbers?.[row] ?? NaN) : said ? Number(data[row] === value) : NaN;
    records.add(row, side);
    ofAll[group[row]] += mass;
    if (!Number.isNaN(number)) {
      known.add(row, side);
      ofKnown[group[row]] += mass;
    } else if (!column.partly) continue; // without a value it counts nowhere
    cells.push(side * k + at);
    kept.push(row);
    values.push(number);
  }
  const rows: Rows = {
    cell: Uint32Array.from(cells),
    size: Float64Array.from(kept, (row) => (masses ? masses[row] : 1)),
    known: new Float64Array(kept.length),
    total: new Float64Array(kept.length),
    ...peopleOf(view, kept),
  };
  kept.forEach((row, at) => {
    if (Number.isNaN(values[at])) return;
    const base = group[row];
    // An answer stands for the conversations of its base group, since more is asked of some groups than of others.
    rows.known[at] = rows.size[at] * (column.partly ? ofAll[base] / ofKnown[base] : 1);
    rows.total[at] = rows.known[at] * values[at];
  });
  const span = ({ counts }: Touching): Span => [counts[0], counts[1]];
  return { rows, kept, records: span(records), known: span(known) };
}

/** Columns that have a metric: a mean, or the share of a value. */
export function metrics(view: View): Column[] {
  return view.columns.filter((one) => one.numbers || one.values.some((value) => value !== null));
}

/** The first question: of the first yes-or-no or number of the metadata, before and after the median date. */
export function usualQuestion(view: View): Question | null {
  if (view.published || !view.groups.length) return null;
  const all = metrics(view);
  const yes = (one: Column) => one.values.findIndex((value) => /^(true|yes|1)$/i.test(value ?? ""));
  const column = all.find((one) => one.type === "meta" && yes(one) >= 0) ?? all.find((one) => one.type === "meta" && one.numbers) ?? all.find((one) => one.numbers) ?? all[0];
  if (!column) return null;
  const value = column.numbers ? null : Math.max(0, yes(column));
  const { days } = view;
  if (days && days.last > 0) {
    const split = medianDay(view);
    return { column: column.name, value, inside: null, level: null, periods: { by: "day", before: [0, split - 1], after: [split, days.last] } };
  }
  const other = view.columns.find((one) => one.name !== column.name && one.values.length > 1);
  return other ? { column: column.name, value, inside: null, level: null, periods: { by: "value", column: other.name, a: 0, b: 1 } } : null;
}
