import { describe, expect, it } from "vitest";
import type { Column, View } from "../src/data/view";
import { NO_FILTERS, passing } from "../src/logic/filter";
import { countedLines, cut, direction, estimatedLines, isOther, strength, type Line } from "../src/logic/lines";
import { groupRows, tally, type Sides } from "../src/logic/tally";
import { small } from "./fixture";

const view = small();
const pass = passing(view, NO_FILTERS);
const language = view.columns[0];
const sum = (lines: Line[], of: (one: Line) => number) => lines.reduce((total, one) => total + of(one), 0);

/** A column of values with counts inside and outside a selection, the last of what is not known. */
function counted(values: (string | null)[], inside: number[], outside: number[]): [Column, Sides] {
  const side = (counts: number[]) => {
    const all = counts.reduce((one, other) => one + other, 0);
    return { counts: Float64Array.from(counts), touched: Float64Array.from(counts), all, size: all };
  };
  return [{ name: "plan", kind: "nominal", values } as unknown as Column, { inside: side(inside), outside: side(outside) }];
}

describe("lines of counts", () => {
  it("are shares of all conversations, with a line of what is not known", () => {
    const lines = countedLines(language, tally(view, language, pass, null), false);
    expect(lines.map((one) => [one.place, one.count, one.share])).toEqual([
      [0, 5, 0.5],
      [1, 4, 0.4],
      [2, 1, 0.1],
    ]);
  });

  it("set a group against the rest, each of its own conversations", () => {
    const lines = countedLines(language, tally(view, language, pass, groupRows(view, 0)), true);
    expect(lines.map((one) => one.share)).toEqual([5 / 7, 2 / 7, 0]);
    expect(lines.map((one) => one.rest)).toEqual([0, 2 / 3, 1 / 3]);
    expect(sum(lines, (one) => one.difference)).toBeCloseTo(0, 12);
  });

  it("say of a difference whether it is more than chance", () => {
    const [column, sides] = counted(["a", "b"], [90, 10, 0], [10, 90, 0]);
    const lines = countedLines(column, sides, true);
    expect(lines.map(direction)).toEqual(["over", "under"]);
    expect(strength(lines)).toBeGreaterThan(0.6);
    const [, few] = counted(["a", "b"], [2, 1, 0], [1, 2, 0]);
    expect(countedLines(column, few, true).map(direction)).toEqual(["", ""]);
    expect(countedLines(column, sides, false).map(direction)).toEqual(["", ""]);
  });
});

describe("many values", () => {
  const values = ["a", "b", "c", "d", "e", null];
  const [column, sides] = counted(values, [30, 20, 10, 5, 5, 20, 10], [10, 10, 10, 10, 10, 10, 40]);
  const all = countedLines(column, sides, true);

  it("are cut to the first, and others in one line, so that all make up the whole", () => {
    const shown = cut(column, all, 2, [], sides);
    expect(shown.map((one) => one.place)).toEqual([0, 1, -1, 6]);
    expect(shown[2].count).toBe(40);
    expect(sum(shown, (one) => one.share)).toBeCloseTo(1, 12);
    expect(sum(shown, (one) => one.rest!)).toBeCloseTo(1, 12);
    expect(shown[2].interval!.low).toBeLessThan(shown[2].difference);
    expect(shown.map((one) => isOther(column, one))).toEqual([false, false, true, true]);
  });

  it("keep those that a filter keeps, and are not cut for one line", () => {
    expect(cut(column, all, 2, [4], sides).map((one) => one.place)).toEqual([0, 1, 4, -1, 6]);
    expect(cut(column, all, 4, [], sides)).toBe(all);
  });
});

describe("lines of estimates", () => {
  const none = [65_535, 65_535, 65_535];
  const shares = Uint16Array.from([...[5000, 4000, 6000], ...[2000, 1500, 2500], ...none, ...[4000, 3500, 4500], ...[3000, 2500, 3500], ...none]);
  const sides = counted(["calm", "angry", null], [10, 5, 2, 3], [10, 5, 2, 3])[1];
  const of = (values: (string | null)[]) => ({ name: "mood", values, shares }) as unknown as Column;
  const two = { groups: [{ count: 30 }], total: 100 } as unknown as View;

  it("have one of what they leave of the whole", () => {
    const column = of(["calm", "angry", null]);
    const lines = estimatedLines(two, column, 0, sides);
    expect(lines.map((one) => one.place)).toEqual([0, 1, 2]);
    expect(lines[2].share).toBeCloseTo(0.3, 12);
    expect(lines[2].interval).toBeNull();
    expect(direction(lines[2])).toBe("");
    expect(sum(lines, (one) => one.rest!)).toBeCloseTo(1, 12);
    expect(estimatedLines(two, column, -1, sides).map((one) => one.rest)).toEqual([null, null, null]);
  });

  it("call it other where values have no estimate, and not known where all have", () => {
    expect(estimatedLines(two, of(["calm", "angry", "sad"]), 0, sides)[2].place).toBe(-1);
    const both = { ...of(["calm", "angry"]), shares: Uint16Array.from([...[5000, 4000, 6000], ...[2000, 1500, 2500], ...[4000, 3500, 4500], ...[3000, 2500, 3500]]) };
    expect(estimatedLines(two, both, 0, sides)[2].place).toBe(2);
  });
});
