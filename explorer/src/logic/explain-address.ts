/** A question about a change in the address after the #. */

import type { View } from "../data/view";
import type { Periods, Question, Span } from "./explain";
import { dayOf, isoOf } from "./time";
import { valueName, valuePlace } from "./value-name";

export function writeQuestion(view: View, question: Question, to: URLSearchParams): void {
  const { periods, value, inside, level } = question;
  const column = view.columns.find((one) => one.name === question.column)!;
  to.set("explain", question.column);
  if (value !== null) to.set("of", valueName(column.values, value));
  if (inside !== null) to.set("inside", view.groups[inside].id);
  if (level !== null) to.set("explain-level", String(level));
  if (periods.by === "day" && view.days) {
    for (const side of ["before", "after"] as const) to.set(side, periods[side].map((day) => isoOf(view.days!, day)).join("_"));
  }
  if (periods.by === "value") {
    const { values } = view.columns.find((one) => one.name === periods.column)!;
    to.set("by", periods.column);
    to.set("before", valueName(values, periods.a));
    to.set("after", valueName(values, periods.b));
  }
}

/** Null where the address asks nothing, or names what the atlas does not have. */
export function questionFrom(view: View, given: URLSearchParams): Question | null {
  const column = view.columns.find((one) => one.name === given.get("explain"));
  if (!column || view.published) return null;
  const named = given.get("of");
  const value = named === null ? null : valuePlace(column.values, named);
  const periods = periodsFrom(view, given);
  if (!periods || value === -1 || (value === null && !column.numbers)) return null;
  const inside = view.groups.find((one) => one.id === given.get("inside"));
  const level = Number(given.get("explain-level") ?? NaN);
  return {
    column: column.name,
    value,
    periods,
    inside: inside?.children.length ? inside.index : null,
    level: Number.isInteger(level) && level >= 0 && level < view.levels.length ? level : null,
  };
}

function periodsFrom(view: View, given: URLSearchParams): Periods | null {
  const by = given.get("by");
  const sides = ["before", "after"].map((side) => given.get(side) ?? "");
  if (by !== null) {
    const column = view.columns.find((one) => one.name === by);
    if (!column) return null;
    const [a, b] = sides.map((name) => valuePlace(column.values, name));
    return a >= 0 && b >= 0 ? { by: "value", column: by, a, b } : null;
  }
  const { days } = view;
  if (!days) return null;
  const [before, after] = sides.map((text) => text.split("_").map((iso) => dayOf(days, iso)));
  return isSpan(before) && isSpan(after) ? { by: "day", before, after } : null;
}

function isSpan(found: (number | null)[]): found is Span {
  return found.length === 2 && found[0] !== null && found[1] !== null && found[0] <= found[1];
}
