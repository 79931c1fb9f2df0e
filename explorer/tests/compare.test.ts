import { describe, expect, it } from "vitest";
import { compare } from "../src/logic/compare";
import { NO_FILTERS, passing, toggle } from "../src/logic/filter";
import { twoProportions } from "../src/logic/statistics";
import { small } from "./fixture";

const view = small();
const all = passing(view, NO_FILTERS);

describe("a comparison", () => {
  it("before and from a day leaves out what has no date", () => {
    const { totalA, totalB, changes } = compare(view, all, { by: "day", day: 3 }, 1);
    expect([totalA, totalB]).toEqual([5, 4]);
    const x = changes.find((one) => one.group === 0)!;
    expect([x.a, x.b, x.shareA, x.shareB]).toEqual([5, 2, 1, 0.5]);
    expect(x.difference).toBe(-0.5);
    expect(x.p).toBeCloseTo(twoProportions(0.5, 4, 1, 25 / 11), 12);
    expect(x.interval.low).toBeLessThan(x.difference);
    expect(x.interval.high).toBeGreaterThan(x.difference);
  });

  it("of two values counts their rows only, at the level asked for", () => {
    const { totalA, totalB, changes } = compare(view, all, { by: "value", column: "language", a: 0, b: 1 }, 0);
    expect([totalA, totalB]).toEqual([5, 4]);
    expect(changes.map((one) => one.group).sort()).toEqual([2, 3, 4]);
    expect(changes[0].group).toBe(2);
    expect(Math.abs(changes[0].difference)).toBeGreaterThanOrEqual(Math.abs(changes[2].difference));
  });

  it("is of what passes the filters", () => {
    const short = passing(view, toggle(NO_FILTERS, "length", 0));
    expect(compare(view, short, { by: "value", column: "language", a: 0, b: 1 }, 1).totalA).toBe(3);
  });

  it("of all levels at once has a change for every group", () => {
    expect(compare(view, all, { by: "day", day: 3 }, null).changes).toHaveLength(5);
  });
});
