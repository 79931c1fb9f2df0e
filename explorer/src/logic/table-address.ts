/** What the table of records shows, in the address after the #. */

import type { View } from "../data/view";
import { keysOf, type Key, type Order } from "./records";

export interface Table {
  /** What is searched for in the columns that are shown. */
  question: string;
  order: Order | null;
  /** The columns that are shown, in their order; null for those that are shown at first. */
  keys: Key[] | null;
}

export const FIRST_TABLE: Table = { question: "", order: null, keys: null };

export function writeTable({ question, order, keys }: Table, to: URLSearchParams): void {
  to.set("table", question);
  if (order) to.set("order", `${order.down ? "-" : ""}${order.key}`);
  for (const key of keys ?? []) to.append("show", key);
}

/** Null where the address opens no table, or the atlas has no records. Columns that it does not have are left out. */
export function tableFrom(view: View, given: URLSearchParams): Table | null {
  const question = given.get("table");
  if (question === null || view.published || !view.rows) return null;
  const all = keysOf(view);
  const order = given.get("order") ?? "";
  const sorted = all.find((key) => key === order.replace(/^-/, ""));
  const wanted = new Set(given.getAll("show"));
  const keys = all.filter((key) => wanted.has(key));
  return { question, order: sorted ? { key: sorted, down: order.startsWith("-") } : null, keys: keys.length ? keys : null };
}
