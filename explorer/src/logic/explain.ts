/**
 * Which groups explain that a rate or a mean changed between two periods (src/clioscope/analysis/decompose.py).
 *
 * A group with the share a before and b after, and the mean r before and s after, has two parts: mix,
 * (b − a) · ((r + s) / 2 − M), and rate, (a + b) / 2 · (s − r), where M is the average of both overall means. All parts
 * sum to the change.
 */

import { NO_DAY, within, type Column, type View } from "../data/view";
import { DAYS, ownFilter, type Passing } from "./filter";
import { benjaminiHochberg, erfc, type Interval } from "./statistics";
import { medianDay } from "./time";

export type Span = [number, number];
/** First and last day of each period, inclusive, or two values of a column. */
export type Periods = { by: "day"; before: Span; after: Span } | { by: "value"; column: string; a: number; b: number };

export interface Question {
  column: string;
  /** The place of the value whose share is asked about; null for the mean of the column's numbers. */
  value: number | null;
  periods: Periods;
  /** The group within which the change is taken apart; null for all. */
  inside: number | null;
}

export interface Part {
  group: number;
  share: Span;
  /** Of the metric in the group; null without a value. */
  mean: [number | null, number | null];
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

/** Sums over conversations by period and group: what counts in shares, the weight of values, values by weight. */
export interface Sums {
  size: Float64Array;
  known: Float64Array;
  total: Float64Array;
}

export interface Decomposed {
  share: Float64Array;
  mean: Float64Array;
  mix: Float64Array;
  rate: Float64Array;
  overall: Span;
}

/** The parts of k groups, from sums whose first k are before and last k after. NaN where a period has no value. */
export function decompose({ size, known, total }: Sums): Decomposed {
  const k = size.length / 2;
  const sum = (all: Float64Array, side: number) => all.subarray(side * k, side * k + k).reduce((one, other) => one + other, 0);
  const whole = [sum(size, 0), sum(size, 1)];
  const empty = sum(known, 0) === 0 || sum(known, 1) === 0;
  const grand = (sum(total, 0) + sum(total, 1)) / (sum(known, 0) + sum(known, 1));
  const share = size.map((one, at) => one / whole[at < k ? 0 : 1]);
  const mean = known.map((one, at) => {
    if (empty) return NaN;
    if (one) return total[at] / one;
    const other = at < k ? at + k : at - k; // a group without a value has that of the other period, or of all
    return known[other] ? total[other] / known[other] : grand;
  });
  const overall: Span = [0, 0];
  for (let at = 0; at < 2 * k; at++) overall[at < k ? 0 : 1] += share[at] * mean[at];
  const middle = (overall[0] + overall[1]) / 2;
  const mix = new Float64Array(k);
  const rate = new Float64Array(k);
  for (let g = 0; g < k; g++) {
    mix[g] = (share[k + g] - share[g]) * ((mean[g] + mean[k + g]) / 2 - middle);
    rate[g] = ((share[g] + share[k + g]) / 2) * (mean[k + g] - mean[g]);
  }
  return { share, mean, mix, rate, overall };
}

interface Rows {
  cell: Uint32Array;
  size: Float64Array;
  known: Float64Array;
  total: Float64Array;
  person: Uint32Array;
  people: number;
}

/** The groups that a change is taken apart by: those at the top, or those that a group holds. */
export function groupsOf(view: View, inside: number | null): number[] {
  return inside === null ? view.roots : view.groups[inside].children;
}

/** Null where a period has no conversation with a value. A filter by date is looked past: periods are dates already. */
export function explain(view: View, pass: Passing, question: Question, draws = DRAWS): Explained | null {
  const column = view.columns.find((one) => one.name === question.column);
  const groups = groupsOf(view, question.inside);
  if (!column || view.published || !groups.length) return null;
  const k = groups.length;
  const partly = column.partly ?? false;
  const place = new Int32Array(view.groups.length).fill(-1);
  groups.forEach((group, at) => within(view, group).forEach((one) => (place[one] = at)));
  const { rows, records, known } = gather(view, pass, question, column, place, k);
  if (!known[0] || !known[1]) return null;
  const found = decompose(sumsOf(rows, k, null));
  const drawn = draw(rows, k, Math.max(Math.min(draws, LEAST_DRAWS), Math.min(draws, Math.floor(MOST_STEPS / rows.cell.length))));
  const had = new Float64Array(2 * k);
  const there = new Float64Array(2 * k);
  rows.cell.forEach((cell, row) => {
    there[cell] += view.weight ? rows.size[row] : 1;
    had[cell] += rows.known[row];
  });
  const parts = groups.map((group, at): Part => {
    const sampled = drawn.map((one) => one.mix[at] + one.rate[at]);
    const part = found.mix[at] + found.rate[at];
    return {
      group,
      share: [found.share[at], found.share[k + at]],
      mean: [had[at] ? found.mean[at] : null, had[k + at] ? found.mean[k + at] : null],
      records: [there[at], there[k + at]],
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
  const records: Span = [0, 0];
  const known: Span = [0, 0];
  const ofAll = new Float64Array(view.groups.length);
  const ofKnown = new Float64Array(view.groups.length);
  for (let row = 0; row < view.rows; row++) {
    const at = place[view.group[row]];
    if (at < 0 || (pass.fails[row] && !(own && pass.fails[row] === 1 && pass.failed[row] === own))) continue;
    let side: 0 | 1;
    if (periods.by === "day") {
      const day = view.day ? view.day[row] : NO_DAY;
      if (day === NO_DAY) continue;
      if (day >= periods.before[0] && day <= periods.before[1]) side = 0;
      else if (day >= periods.after[0] && day <= periods.after[1]) side = 1;
      else continue;
    } else if (by && by.data[row] === periods.a) side = 0;
    else if (by && by.data[row] === periods.b) side = 1;
    else continue;
    const heft = view.weight ? view.weight[row] : 1;
    const said = column.data[row] < width && !(column.partly && column.sure?.[row]);
    const number = value === null ? (column.numbers?.[row] ?? NaN) : said ? Number(column.data[row] === value) : NaN;
    records[side] += heft;
    ofAll[view.group[row]] += heft;
    if (!Number.isNaN(number)) {
      known[side] += heft;
      ofKnown[view.group[row]] += heft;
    } else if (!column.partly) continue; // without a value it counts nowhere
    cells.push(side * k + at);
    kept.push(row);
    values.push(number);
  }
  const rows: Rows = {
    cell: Uint32Array.from(cells),
    size: Float64Array.from(kept, (row) => (view.weight ? view.weight[row] : 1)),
    known: new Float64Array(kept.length),
    total: new Float64Array(kept.length),
    ...peopleOf(view, kept),
  };
  kept.forEach((row, at) => {
    if (Number.isNaN(values[at])) return;
    const base = view.group[row];
    // An answer stands for the conversations of its base group, since more is asked of some groups than of others.
    rows.known[at] = rows.size[at] * (column.partly ? ofAll[base] / ofKnown[base] : 1);
    rows.total[at] = rows.known[at] * values[at];
  });
  return { rows, records, known };
}

/** A number per conversation: its user, or itself where no user is known. */
function peopleOf(view: View, kept: number[]): { person: Uint32Array; people: number } {
  const seen = new Map<number, number>();
  const person = Uint32Array.from(kept, (row) => {
    const user = view.user?.[row] || -1 - row;
    if (!seen.has(user)) seen.set(user, seen.size);
    return seen.get(user)!;
  });
  return { person, people: seen.size };
}

function sumsOf(rows: Rows, k: number, times: Uint32Array | null): Sums {
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
function draw(rows: Rows, k: number, draws: number): Decomposed[] {
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

function middle95(sampled: number[]): Interval | null {
  if (sampled.length < 2) return null;
  const sorted = Float64Array.from(sampled).sort();
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    return sorted[below] + (place - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
  };
  return { low: at(0.025), high: at(0.975) };
}

function pOf(part: number, sampled: number[]): number {
  const mean = sampled.reduce((one, other) => one + other, 0) / sampled.length;
  const error = Math.sqrt(sampled.reduce((sum, one) => sum + (one - mean) ** 2, 0) / sampled.length);
  return error > 0 ? Math.min(1, erfc(Math.abs(part) / error / Math.SQRT2)) : 1;
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
    return { column: column.name, value, inside: null, periods: { by: "day", before: [0, split - 1], after: [split, days.last] } };
  }
  const other = view.columns.find((one) => one.name !== column.name && one.values.length > 1);
  return other ? { column: column.name, value, inside: null, periods: { by: "value", column: other.name, a: 0, b: 1 } } : null;
}
