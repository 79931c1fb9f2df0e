/** What the table of records shows. */

import { computed, effect, signal } from "@preact/signals";
import { anyFilter } from "../logic/filter";
import { dateOf } from "../logic/time";
import { selectedRows } from "../logic/lists";
import { arraysOf, firstKeys, keysOf, searchRows, sortRows, type Key, type Names, type Order } from "../logic/records";
import { abilities, chosen, filters, pass, region, view, want } from "../state";
import { columnName, day, t, valueName, type Word } from "../words";
import { groupName } from "./parts";

export const open = signal(false);
export const question = signal("");
export const order = signal<Order | null>(null);
const picked = signal<{ of: string; keys: Key[] } | null>(null);
export const ticks = signal<ReadonlySet<number>>(new Set());
/** The record whose details are shown. */
export const looked = signal<number | null>(null);

/** How the reader sees what the table holds, in the language of the page. */
export const names: Names = {
  group: groupName,
  value: (column, place) => valueName(column, place),
  day: (at) => (view.value.days ? day(dateOf(view.value.days, at)) : ""),
};

/** The columns that are shown; those that were chosen stay while the atlas has the same. */
export const keys = computed((): Key[] => {
  const all = keysOf(view.value);
  return picked.value?.of === all.join("\n") ? picked.value.keys : firstKeys(view.value);
});

export function showColumn(key: Key, on: boolean): void {
  const all = keysOf(view.value);
  const now = new Set(keys.value);
  if (on) now.add(key);
  else if (now.size > 1) now.delete(key);
  picked.value = { of: all.join("\n"), keys: all.filter((one) => now.has(one)) };
}

export function titleOf(key: Key): string {
  const words: Partial<Record<Key, Word>> = { record: "recordId", group: "group", top: "topGroup", date: "recordDate", count: "times" };
  return words[key] ? t(words[key]) : columnName(key.slice(key.indexOf(":") + 1));
}

const selection = computed(() => selectedRows(view.value, pass.value, chosen.value));
const matched = computed(() => (open.value ? searchRows(view.value, selection.value, keys.value, question.value, names) : selection.value));
/** The rows of the table, from the top. */
export const rows = computed(() => sortRows(view.value, matched.value, order.value, names));

/** The rows that a file or a copy is made of: those that are ticked, or all of the table. */
export const taken = computed(() => (open.value && ticks.value.size ? rows.value.filter((row) => ticks.value.has(row)) : rows.value));

/** What the table is of, in words. */
export function selectionName(): string {
  const at = region.value;
  if (at?.kind === "group") return groupName(at.group);
  if (at?.kind === "found") return t("foundTitle", { question: at.question });
  return t(at ? "lassoed" : anyFilter(filters.value) ? "everythingOf" : "everything");
}

/** Whether the atlas has records to show. */
export const hasRecords = computed(() => !view.value.published && view.value.rows > 0);
export const served = computed(() => abilities.value.records);

let opener: HTMLElement | null = null;

export function openTable(row: number | null = null): void {
  opener = document.activeElement as HTMLElement | null;
  looked.value = row;
  ticks.value = new Set();
  question.value = "";
  open.value = true;
}

export function closeTable(): void {
  open.value = false;
  looked.value = null;
  ticks.value = new Set();
  const from = opener;
  requestAnimationFrame(() => from?.isConnected && from.focus());
}

/** Reads what is shown, and forgets ticks of another selection; until it is called off. */
export function keepTable(): () => void {
  const reading = effect(() => {
    if (open.value) want(arraysOf(view.value, [...keys.value, "group"]));
  });
  const forgetting = effect(() => {
    void [chosen.value, pass.value];
    ticks.value = new Set();
  });
  return () => {
    reading();
    forgetting();
  };
}
