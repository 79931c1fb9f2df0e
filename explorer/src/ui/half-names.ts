/** The two sides of a comparison in words. Only what is compared over time grows or shrinks. */

import type { Halves } from "../logic/compare";
import { dateOf } from "../logic/time";
import { view } from "../state";
import { day, t, valueName } from "../words";

export function halfNames(by: Halves): [string, string] {
  if (by.by === "day") {
    const date = day(dateOf(view.value.days!, by.day));
    return [t("before", { date }), t("after", { date })];
  }
  const column = view.value.columns.find((one) => one.name === by.column)!;
  return [valueName(column, by.a), valueName(column, by.b)];
}

export function overTime(by: Halves | null): boolean {
  return by?.by === "day";
}
