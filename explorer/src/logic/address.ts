/** What is on the screen, in the address after the #, so that a view can be shared and comes back. */

import type { View } from "../data/view";
import type { Halves } from "./compare";
import { questionFrom, writeQuestion } from "./explain-address";
import type { Question } from "./explain";
import type { Filters } from "./filter";
import type { Polygon } from "./lasso";
import { figureOf, figuresOf } from "./quality";
import { tableFrom, writeTable, type Table } from "./table-address";
import { dayOf, isoOf } from "./time";
import { valueName, valuePlace } from "./value-name";

export type Region = { kind: "group"; group: number } | { kind: "lasso"; polygon: Polygon } | { kind: "found"; question: string } | null;
export type Sort = "size" | "share" | "change" | `quality:${string}`;

/** The comparison with the earlier atlas that the page was given: the level (0 for the base groups; null for the top),
 * and whether groups that changed little are listed too. */
export interface Earlier {
  level: number | null;
  all: boolean;
}

export const FIRST_EARLIER: Earlier = { level: null, all: false };

export interface Shown {
  region: Region;
  filters: Filters;
  colour: string | null;
  sort: Sort;
  halves: Halves | null;
  level: number | null;
  explaining: Question | null;
  /** Null while it is closed. */
  earlier: Earlier | null;
  /** The table of records; null while it is closed. */
  table: Table | null;
  /** Middle of the map in view, and the zoom. */
  camera: [number, number, number] | null;
}

export const NOTHING: Shown = {
  region: null,
  filters: { values: {}, days: null },
  colour: null,
  sort: "size",
  halves: null,
  level: null,
  explaining: null,
  earlier: null,
  table: null,
  camera: null,
};

/** Values are named, not numbered, so that an address still holds when the atlas has been built again. */
export function toHash(view: View, shown: Shown): string {
  const found = new URLSearchParams();
  const { region, filters, halves } = shown;
  if (region?.kind === "group") found.set("group", view.groups[region.group].id);
  if (region?.kind === "lasso") found.set("lasso", region.polygon.map((point) => point.join(",")).join(" "));
  if (region?.kind === "found") found.set("found", region.question);
  for (const [name, places] of Object.entries(filters.values)) {
    const column = view.columns.find((one) => one.name === name)!;
    for (const place of places) found.append(`is.${name}`, valueName(column.values, place));
  }
  if (filters.days && view.days) found.set("days", filters.days.map((day) => isoOf(view.days!, day)).join("_"));
  if (shown.colour) found.set("colour", shown.colour);
  if (shown.sort !== "size") found.set("sort", shown.sort);
  if (halves?.by === "day" && view.days) found.set("compare", `day:${isoOf(view.days, halves.day)}`);
  if (halves?.by === "value") {
    const values = view.columns.find((one) => one.name === halves.column)!.values;
    found.set("compare", halves.column);
    found.set("a", valueName(values, halves.a));
    found.set("b", valueName(values, halves.b));
  }
  if (shown.level !== null) found.set("level", String(shown.level));
  if (shown.explaining) writeQuestion(view, shown.explaining, found);
  if (shown.earlier) found.set("earlier", shown.earlier.all ? "all" : "changed");
  if (shown.earlier && shown.earlier.level !== null) found.set("earlier-level", String(shown.earlier.level));
  if (shown.table) writeTable(shown.table, found);
  if (shown.camera) found.set("at", shown.camera.map((one) => Number(one.toFixed(3))).join(","));
  return found.toString();
}

/** Reads an address; what it names and the atlas does not have is left out. */
export function fromHash(view: View, hash: string): Shown {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const shown: Shown = { ...NOTHING, filters: { values: {}, days: null } };
  const group = view.groups.find((one) => one.id === given.get("group"));
  const polygon = given.get("lasso")?.split(" ").map((point) => point.split(",").map(Number) as [number, number]);
  if (group) shown.region = { kind: "group", group: group.index };
  else if (polygon && polygon.length > 2 && polygon.every((point) => point.length === 2 && point.every(Number.isFinite))) {
    shown.region = { kind: "lasso", polygon };
  } else if (given.get("found")?.trim() && !view.published) shown.region = { kind: "found", question: given.get("found")!.trim() };
  for (const key of new Set(given.keys())) {
    const column = key.startsWith("is.") ? view.columns.find((one) => one.name === key.slice(3)) : undefined;
    if (!column) continue;
    const places = given.getAll(key).map((name) => valuePlace(column.values, name)).filter((place) => place >= 0);
    if (places.length) shown.filters.values[column.name] = [...new Set(places)].sort((a, b) => a - b);
  }
  const days = given.get("days")?.split("_").map((iso) => (view.days ? dayOf(view.days, iso) : null));
  if (days?.length === 2 && days[0] !== null && days[1] !== null && days[0] <= days[1]) shown.filters.days = [days[0], days[1]];
  shown.colour = given.get("colour");
  const sort = given.get("sort");
  if (sort === "share" || sort === "change") shown.sort = sort;
  if (sort && figuresOf(view).includes(figureOf(sort) ?? "")) shown.sort = sort as Sort;
  shown.halves = halvesFrom(view, given);
  shown.level = levelFrom(given.get("level"), view.levels.length);
  shown.explaining = questionFrom(view, given);
  if (given.has("earlier")) shown.earlier = { level: levelFrom(given.get("earlier-level")), all: given.get("earlier") === "all" };
  shown.table = tableFrom(view, given);
  const camera = given.get("at")?.split(",").map(Number);
  if (camera?.length === 3 && camera.every(Number.isFinite) && camera[2] > 0) shown.camera = camera as [number, number, number];
  return shown;
}

function levelFrom(named: string | null, levels = Infinity): number | null {
  const level = Number(named || NaN);
  return Number.isInteger(level) && level >= 0 && level < levels ? level : null;
}

function halvesFrom(view: View, given: URLSearchParams): Halves | null {
  const by = given.get("compare");
  if (by?.startsWith("day:") && view.days) {
    const day = dayOf(view.days, by.slice(4));
    return day === null ? null : { by: "day", day };
  }
  const column = view.columns.find((one) => one.name === by);
  if (!column) return null;
  const [a, b] = ["a", "b"].map((side) => valuePlace(column.values, given.get(side) ?? ""));
  return a >= 0 && b >= 0 ? { by: "value", column: column.name, a, b } : null;
}
