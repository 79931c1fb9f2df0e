/** Which conversations pass the filters, and which a chart may count as if its own filter were off. */

import type { Numbers } from "../data/container";
import { NO_DAY, type View } from "../data/view";

export interface Filters {
  /** Column name -> places of its values that may stay. */
  values: Record<string, number[]>;
  /** First and last day, inclusive. */
  days: [number, number] | null;
}

export const NO_FILTERS: Filters = { values: {}, days: null };

export interface Passing {
  /** How many filters each row fails. */
  fails: Uint8Array;
  /** The filter that it fails, where it is one: place in `names` + 1. */
  failed: Uint8Array;
  names: string[];
}

export const DAYS = "\u0000days"; // name of the filter by date: no column is called so

/** One pass over the rows a filter. */
export function passing(view: View, filters: Filters): Passing {
  const made: Passing = { fails: new Uint8Array(view.rows), failed: new Uint8Array(view.rows), names: [] };
  for (const [name, kept] of Object.entries(filters.values)) {
    const column = view.columns.find((one) => one.name === name);
    if (!column) continue;
    const leaves = new Uint8Array(column.values.length + 1).fill(1);
    for (const place of kept) leaves[place] = 0;
    strike(made, name, ofEveryRow(view, column.data), leaves);
  }
  if (filters.days && view.day) {
    const [first, last] = filters.days;
    strike(made, DAYS, ofEveryRow(view, view.day), new Uint8Array(NO_DAY + 1).fill(1).fill(0, first, last + 1));
  }
  return made;
}

/** Writes down which rows fail a filter: those whose number `leaves`. */
function strike({ fails, failed, names }: Passing, name: string, data: Numbers, leaves: Uint8Array): void {
  const number = names.push(name);
  if (number === 1) {
    for (let row = 0; row < fails.length; row++) failed[row] = fails[row] = leaves[data[row]];
    return;
  }
  for (let row = 0; row < fails.length; row++) {
    if (!leaves[data[row]]) continue;
    fails[row]++;
    failed[row] = number;
  }
}

/** An array that has a number for every row. Throws for one that has not been read: a count over nothing is no count. */
export function ofEveryRow(view: View, array: Numbers): Numbers {
  if (array.length !== view.rows && !view.published) throw new Error(`An array has ${array.length} numbers for ${view.rows} rows; it was not read before it was counted.`);
  return array;
}

/** The number of the filter that a chart of `name` looks past; 0 for none, and then nothing is looked past. */
export function ownFilter(pass: Passing, name: string): number {
  return pass.names.indexOf(name) + 1;
}

export function anyFilter(filters: Filters): boolean {
  return filters.days !== null || Object.keys(filters.values).length > 0;
}

/** With a value added to, or taken from, the filter of a column. */
export function toggle(filters: Filters, name: string, place: number, alone = false): Filters {
  const { [name]: now = [], ...others } = filters.values;
  const next = now.includes(place) ? now.filter((one) => one !== place) : [...now, place].sort((a, b) => a - b);
  const before = alone ? {} : others;
  return { ...filters, values: next.length ? { ...before, [name]: next } : before };
}
