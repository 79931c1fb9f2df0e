/** Which arrays the page must have read before it can show something. */

import type { View } from "../data/view";
import type { Shown } from "./address";
import { usualHalves, type Halves } from "./compare";
import { anyFilter } from "./filter";

/** What every count of rows reads: their groups, how often they occur, what they are parts of, days and users. */
export const CORE = ["group", "count", "part", "whole", "day", "user"];

/** What the numbers on the screen are counted from. Without a selection, a filter or a comparison that is no row. */
export function needs(view: View, shown: Omit<Shown, "camera">): string[] {
  if (view.published) return view.arrays.names();
  const found = new Set<string | undefined>(view.columns.map((one) => one.names.shares));
  const add = (...names: (string | undefined)[]) => names.forEach((name) => found.add(name));
  const column = (name: string) => view.columns.find((one) => one.name === name)?.names;
  const halves = (one: Halves | null) => one?.by === "value" && add(column(one.column)?.data);
  const { region, filters, explaining, sort, table } = shown;
  const rows = region || anyFilter(filters) || shown.halves || explaining || table || sort === "change";
  if (rows) add(...CORE);
  if (region?.kind === "lasso") add("x", "y");
  for (const name of Object.keys(filters.values)) add(column(name)?.data);
  halves(shown.halves);
  if (sort === "change") halves(usualHalves(view));
  if (explaining) {
    const asked = column(explaining.column);
    add(asked?.data, asked?.sure, asked?.numbers);
    if (explaining.periods.by === "value") add(column(explaining.periods.column)?.data);
  }
  if (shown.colour) add(coloursOf(view, shown.colour));
  return [...found].filter((name) => name !== undefined && view.arrays.knows(name)) as string[];
}

/** What the map is drawn from, with the colours that are chosen. */
export function drawnFrom(view: View, colourBy: string): string[] {
  return view.map && !view.published ? ["x", "y", "group", coloursOf(view, colourBy)] : [];
}

/** What is told of one row: its facets and its day. */
export function toldOfRows(view: View): string[] {
  return view.published ? [] : ["group", "day", ...view.columns.map((one) => one.names.data)];
}

function coloursOf(view: View, by: string): string {
  if (by === "date") return "day";
  return view.columns.find((one) => one.name === by)?.names.data ?? "group";
}
