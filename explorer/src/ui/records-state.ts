/** What the table of records shows. */

import { batch, computed, effect, signal } from "@preact/signals";
import { anyFilter } from "../logic/filter";
import { dateOf } from "../logic/time";
import { selectedRows } from "../logic/lists";
import { arraysOf, firstKeys, keysOf, searchRows, sortRows, type Key, type Names } from "../logic/records";
import { FIRST_TABLE, type Table } from "../logic/table-address";
import { abilities, chosen, filters, pass, region, table, view, want } from "../state";
import { columnName, day, t, valueName, type Word } from "../words";
import { groupName } from "./parts";

/** The table as it was shown last: its columns and its order stay when it is closed, and files are made of them. */
const last = signal<Table>(FIRST_TABLE);
const now = computed(() => table.value ?? last.value);

export const open = computed(() => table.value !== null);
export const question = computed(() => now.value.question);
export const order = computed(() => now.value.order);
export const ticks = signal<ReadonlySet<number>>(new Set());
/** The record whose details are shown. */
export const looked = signal<number | null>(null);

/** How the reader sees what the table holds, in the language of the page. */
export const names: Names = {
  group: groupName,
  value: (column, place) => valueName(column, place),
  day: (at) => (view.value.days ? day(dateOf(view.value.days, at)) : ""),
};

/** The columns that are shown; those that were chosen stay as far as the atlas has them. */
export const keys = computed((): Key[] => {
  const all = new Set(keysOf(view.value));
  const chosenKeys = now.value.keys?.filter((key) => all.has(key)) ?? [];
  return chosenKeys.length ? chosenKeys : firstKeys(view.value);
});

/** Changes what the table shows, while it is open. */
export function showTable(part: Partial<Table>): void {
  if (table.wanted) table.value = { ...table.wanted, ...part };
}

export function showColumn(key: Key, on: boolean): void {
  const shown = new Set(keys.value);
  if (on) shown.add(key);
  else if (shown.size > 1) shown.delete(key);
  showTable({ keys: keysOf(view.value).filter((one) => shown.has(one)) });
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
  batch(() => {
    looked.value = row;
    table.value = { ...last.value, question: "" };
  });
}

export function closeTable(): void {
  table.value = null;
  const from = opener;
  requestAnimationFrame(() => from?.isConnected && from.focus());
}

/** Reads what is shown, and forgets the ticks of another selection and of a table that was closed; until it is called off. */
export function keepTable(): () => void {
  const calledOff = [
    effect(() => {
      if (!open.value) return;
      const shown = looked.value === null ? keys.value : keysOf(view.value); // of one record all is shown
      want(arraysOf(view.value, [...shown, ...(order.value ? [order.value.key] : []), "group"]));
    }),
    effect(() => {
      if (table.value) last.value = { ...table.value, question: "" };
    }),
    effect(() => {
      if (open.value) return;
      looked.value = null;
      ticks.value = new Set();
    }),
    effect(() => {
      void [chosen.value, pass.value];
      ticks.value = new Set();
    }),
  ];
  return () => calledOff.forEach((stop) => stop());
}
