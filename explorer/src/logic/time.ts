/** Days into weeks, months or years, so that a time course has a few dozen bars. */

import { NO_DAY, type Days, type View } from "../data/view";
import { DAYS, ofEveryRow, ownFilter, type Passing } from "./filter";
import { lists } from "./lists";
import { countBy } from "./tally";

export type Step = "day" | "week" | "month" | "year";

export interface Bins {
  step: Step;
  /** First day of each bin, counted from day 0; the first may lie before it. */
  starts: number[];
  /** The bin of each day from 0 to the last. */
  of: Uint16Array;
}

const MOST_BINS = 64;
const MS = 86_400_000;

/** The finest step that makes at most 64 bins. */
export function bins(days: Days, most = MOST_BINS): Bins {
  const steps: Step[] = ["day", "week", "month", "year"];
  for (const step of steps) {
    const made = binsOf(days, step);
    if (made.starts.length <= most || step === "year") return made;
  }
  throw new Error("unreachable");
}

export function binsOf(days: Days, step: Step): Bins {
  const starts: number[] = [];
  const of = new Uint16Array(days.last + 1);
  let current = "";
  for (let day = 0; day <= days.last; day++) {
    const date = dateOf(days, day);
    const key = keyOf(date, step);
    if (key !== current) {
      current = key;
      starts.push(day);
    }
    of[day] = starts.length - 1;
  }
  return { step, starts, of };
}

function keyOf(date: Date, step: Step): string {
  if (step === "week") {
    const monday = new Date(date.getTime() - ((date.getUTCDay() + 6) % 7) * MS);
    return monday.toISOString().slice(0, 10);
  }
  return date.toISOString().slice(0, step === "day" ? 10 : step === "month" ? 7 : 4);
}

/** The date (UTC) of a day counted from day 0. */
export function dateOf(days: Days, day: number): Date {
  return new Date(Date.parse(`${days.start}T00:00:00Z`) + day * MS);
}

export function isoOf(days: Days, day: number): string {
  return dateOf(days, day).toISOString().slice(0, 10);
}

/** The day of an ISO date, held between the first and the last; null for no date. */
export function dayOf(days: Days, iso: string): number | null {
  const ms = Date.parse(`${iso}T00:00:00Z`);
  if (Number.isNaN(ms)) return null;
  return Math.min(days.last, Math.max(0, Math.round((ms - Date.parse(`${days.start}T00:00:00Z`)) / MS)));
}

/**
 * Conversations per bin: all that pass the other filters, and those among them that the selection touches. For a
 * `share` every row counts by what it weighs, so that of a conversation only the selected segments count.
 */
export function course(
  view: View,
  pass: Passing,
  chosen: Uint8Array | null,
  made: Bins,
  share = false,
): { all: Float64Array; mine: Float64Array } {
  if (!view.day) return { all: new Float64Array(made.starts.length), mine: new Float64Array(made.starts.length) };
  const own = ownFilter(pass, DAYS);
  const sums = share ? (view.sums?.day_masses ?? view.sums?.days) : view.sums?.days;
  const every = !pass.names.length || (own > 0 && pass.names.length === 1); // nothing else is filtered
  const count = (rows: Uint32Array) => binned(byDay(view, rows, share), made);
  const all = sums && every ? binned(sums, made) : count(lists(view, pass, null, own).inside);
  return { all, mine: chosen ? count(lists(view, pass, chosen, own).inside) : all };
}

/** What the rows weigh by day, of days that are known; conversations count once, however many segments they have. */
function byDay(view: View, rows: Uint32Array, share: boolean): Float64Array {
  const { whole, weight, mass } = view;
  const days = ofEveryRow(view, view.day!);
  if (!whole || share) return countBy(days, NO_DAY + 1, rows, share ? mass : weight);
  const counts = new Float64Array(NO_DAY + 1);
  let last = -1;
  for (const row of rows) {
    if (days[row] === NO_DAY || whole[row] === last) continue;
    last = whole[row];
    counts[days[row]] += weight ? weight[row] : 1;
  }
  return counts;
}

function binned(days: ArrayLike<number>, made: Bins): Float64Array {
  const found = new Float64Array(made.starts.length);
  for (let day = 0; day < made.of.length; day++) found[made.of[day]] += days[day] ?? 0;
  return found;
}

/** The day that splits the conversations with a date into two halves of about one size; at least 1. */
export function medianDay(view: View): number {
  if (!view.day || !view.days) return 0;
  const counts = view.sums ? (view.sums.day_masses ?? view.sums.days ?? []) : massByDay(view, view.days.last);
  let total = 0;
  for (const one of counts) total += one;
  let below = 0;
  for (let day = 0; day < counts.length; day++) {
    if (below >= total / 2) return Math.max(1, day);
    below += counts[day];
  }
  return Math.max(1, counts.length - 1);
}

function massByDay(view: View, last: number): Float64Array {
  const counts = new Float64Array(last + 1);
  const { mass } = view;
  const days = ofEveryRow(view, view.day!);
  for (let row = 0; row < days.length; row++) if (days[row] !== NO_DAY) counts[days[row]] += mass ? mass[row] : 1;
  return counts;
}
