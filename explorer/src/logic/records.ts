/** The table of records: its columns, and what sorts, searches and counts its rows. */

import { NO_DAY, type Column, type View } from "../data/view";
import type { Text } from "../data/text";
import { fold, wordsOf } from "./search";
import { foldedLines } from "./folded";

/** Names as a reader sees them. */
export interface Names {
  group: (index: number) => string;
  value: (column: Column, place: number) => string;
  day: (day: number) => string;
}

export type Key = "record" | "group" | "top" | "date" | "count" | `column:${string}` | `text:${string}`;

/** All columns that the table can show, in their order. */
export function keysOf(view: View): Key[] {
  const columns = new Set(view.columns.map((one) => one.name));
  return [
    ...(view.records ? (["record"] as const) : []),
    "group",
    ...(view.levels.length > 1 ? (["top"] as const) : []),
    ...(view.days ? (["date"] as const) : []),
    ...view.texts.filter((one) => !columns.has(one.name)).map((one): Key => `text:${one.name}`), // a tag is a column
    ...view.columns.map((one): Key => `column:${one.name}`),
    ...(view.arrays.knows("count") ? (["count"] as const) : []),
  ];
}

/** Those that are shown at first: who, what, when, and the first few facets. */
export function firstKeys(view: View): Key[] {
  const facets = view.columns.filter((one) => !["hour", "confidence"].includes(one.type) && one.name !== "hour").slice(0, 5);
  const first = new Set<Key>(["record", "group", "date", ...facets.map((one): Key => `column:${one.name}`)]);
  const all = keysOf(view);
  const text = all.find((one) => one.startsWith("text:"));
  if (text) first.add(text);
  return all.filter((one) => first.has(one));
}

export function columnOf(view: View, key: Key): Column | undefined {
  return key.startsWith("column:") ? view.columns.find((one) => one.name === key.slice(7)) : undefined;
}

export function textOf(view: View, key: Key): Text | undefined {
  if (key === "record") return view.records ?? undefined;
  return key.startsWith("text:") ? view.texts.find((one) => one.name === key.slice(5)) : undefined;
}

/** What the table calls a column on the server (src/clioscope/explorer/records.py); null for one that is always there
 * or that it does not have. */
export function serverColumn(view: View, key: Key): string | null {
  if (key === "date" || key === "count") return key;
  const column = columnOf(view, key);
  if (column) return column.type === "meta" ? `meta_${column.name.replace(/^meta_/, "")}` : column.name === "rare" ? null : column.name;
  return key.startsWith("text:") ? key.slice(5) : null;
}

/** The arrays that a column is read from. */
export function arraysOf(view: View, keys: Key[]): string[] {
  const names = keys.flatMap((key) => {
    const column = columnOf(view, key);
    return column ? [column.names.data, column.names.numbers, column.names.sure] : key === "date" ? ["day"] : key === "count" ? ["count"] : ["group"];
  });
  return names.filter((one): one is string => one !== undefined && view.arrays.knows(one));
}

/** A cell as a reader sees it; "" for what is not known or not here yet. */
export function cellText(view: View, key: Key, row: number, names: Names): string {
  const column = columnOf(view, key);
  if (column) {
    const tag = column.type === "tag" ? view.texts.find((one) => one.name === column.name)?.at(row) : undefined;
    if (tag) return tag;
    if (!column.here || column.data[row] >= column.values.length) return "";
    const exact = column.type === "score" ? undefined : column.numbers?.[row];
    return exact !== undefined && !Number.isNaN(exact) ? String(Number(exact.toPrecision(7))) : names.value(column, column.data[row]);
  }
  if (key === "group") return names.group(view.group[row]);
  if (key === "top") return names.group(view.groups[view.group[row]].top);
  if (key === "count") return String(view.weight?.[row] ?? 1);
  if (key === "date") return !view.day || (view.day[row] ?? NO_DAY) === NO_DAY ? "" : names.day(view.day[row]);
  return (textOf(view, key)?.at(row) ?? "").replaceAll("\t", "; ");
}

/** The rows that hold every word somewhere in the columns `keys`. */
export function searchRows(view: View, rows: Uint32Array, keys: Key[], question: string, names: Names): Uint32Array {
  const words = wordsOf(question);
  if (!words.length) return rows;
  const tests = words.map((word) => keys.map((key) => holder(view, key, word, names)));
  return rows.filter((row) => tests.every((some) => some.some((holds) => holds(row))));
}

/** Whether a row's cell holds a word: of what has few values, each value is compared once. */
function holder(view: View, key: Key, word: string, names: Names): (row: number) => boolean {
  const column = columnOf(view, key);
  if (column?.here && !column.numbers && column.type !== "tag") {
    const held = column.values.map((_, place) => fold(names.value(column, place)).includes(word));
    return (row) => held[column.data[row]] ?? false;
  }
  if (key === "group" || key === "top") {
    const held = view.groups.map((one) => fold(names.group(one.index)).includes(word));
    return (row) => held[key === "group" ? view.group[row] : view.groups[view.group[row]].top];
  }
  if (key === "date" && view.days) {
    const held = Array.from({ length: view.days.last + 1 }, (_, day) => fold(names.day(day)).includes(word));
    return (row) => held[view.day?.[row] ?? NO_DAY] ?? false;
  }
  const text = textOf(view, key);
  const lines = text && foldedLines(text);
  if (lines?.length) return (row) => lines[row].includes(word);
  return (row) => fold(cellText(view, key, row, names)).includes(word);
}

export interface Order {
  key: Key;
  down: boolean;
}

/** The rows in an order: names by the alphabet, steps and numbers by size; what is not known comes last. */
export function sortRows(view: View, rows: Uint32Array, order: Order | null, names: Names): Uint32Array {
  if (!order) return rows;
  const { key, down } = order;
  const column = columnOf(view, key);
  const sign = down ? -1 : 1;
  const collator = new Intl.Collator(undefined, { numeric: true });
  const ranked = (all: string[]): number[] => {
    const places = all.map((_, place) => place).sort((a, b) => collator.compare(all[a], all[b]));
    const ranks = new Array<number>(all.length);
    places.forEach((place, rank) => (ranks[place] = rank));
    return ranks;
  };
  let of: (row: number) => number;
  if (column) {
    const { data, numbers } = column;
    const ranks = column.kind === "ordinal" ? column.values.map((_, place) => place) : ranked(column.values.map((_, place) => names.value(column, place)));
    const at = (row: number) => ranks[data[row]] ?? NaN;
    of = numbers ? (row) => numbers[row] : at;
  } else if (key === "group" || key === "top") {
    const ranks = ranked(view.groups.map((one) => names.group(one.index)));
    of = key === "group" ? (row) => ranks[view.group[row]] : (row) => ranks[view.groups[view.group[row]].top];
  } else if (key === "date") {
    of = (row) => (!view.day || view.day[row] === NO_DAY ? NaN : view.day[row]);
  } else if (key === "count") {
    of = (row) => view.weight?.[row] ?? 1;
  } else {
    const lines = textOf(view, key)?.lines() ?? [];
    return rows.slice().sort((a, b) => Number(!lines[a]) - Number(!lines[b]) || sign * collator.compare(lines[a] ?? "", lines[b] ?? "") || a - b);
  }
  const keys = new Float64Array(view.rows);
  for (const row of rows) {
    const value = of(row);
    keys[row] = Number.isNaN(value) ? Infinity : sign * value;
  }
  return rows.slice().sort((a, b) => (keys[a] === keys[b] ? a - b : keys[a] < keys[b] ? -1 : 1));
}
