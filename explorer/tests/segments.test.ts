import { describe, expect, it } from "vitest";
import { readView } from "../src/data/view";
import { compare } from "../src/logic/compare";
import { explain } from "../src/logic/explain";
import { NO_FILTERS, passing, toggle } from "../src/logic/filter";
import { groupCounts, groupMasses, groupRows, tally, totals } from "../src/logic/tally";
import { bins, course } from "../src/logic/time";
import { pack, smallArrays, smallHeader } from "./fixture";

/**
 * Eight segments of five conversations, of which the first occurs three times: rows 0 and 5 (.75 and .25) are one, as
 * are 1 and 2 (.5 each) and 3 and 7 (.4 and .6).
 */
const header = { ...smallHeader(), segments: 8, total: 7 };
const arrays = {
  ...smallArrays(),
  count: Uint32Array.of(3, 1, 1, 1, 1, 3, 1, 1),
  whole: Uint32Array.of(0, 1, 1, 2, 3, 0, 4, 2),
  day: Uint16Array.of(0, 1, 1, 3, 4, 0, 6, 3),
};
const view = readView(pack(header, arrays, { part: Float32Array.of(0.75, 0.5, 0.5, 0.4, 1, 0.25, 1, 0.6) }));
const all = passing(view, NO_FILTERS);
const close = (found: ArrayLike<number>, wanted: number[]) => wanted.forEach((one, at) => expect(found[at]).toBeCloseTo(one, 6));

describe("segments", () => {
  it("count a conversation once in each group that one of them is in", () => {
    // a holds conversations 0 and 1, b holds 2 and 3, c holds 0, 4 and 2
    expect([...groupCounts(view, all, NO_FILTERS)]).toEqual([6, 5, 4, 2, 5]);
  });

  it("have parts that sum to all conversations", () => {
    const masses = groupMasses(view, all, NO_FILTERS);
    close(masses, [4.65, 2.35, 3.25, 1.4, 2.35]);
    expect(view.roots.reduce((sum, root) => sum + masses[root], 0)).toBeCloseTo(view.total, 6);
  });

  it("follow the filters: what touches, and the parts that pass", () => {
    const russian = toggle(NO_FILTERS, "language", 1); // rows 2, 4, 5 and 6
    const pass = passing(view, russian);
    expect([...groupCounts(view, pass, russian)]).toEqual([2, 4, 1, 1, 4]);
    close(groupMasses(view, pass, russian), [1.5, 1.75, 0.5, 1, 1.75]);
    const found = totals(view, pass, null);
    expect([found.count, found.distinct, found.rows]).toEqual([6, 4, 4]);
    expect(found.mass).toBeCloseTo(3.25, 6);
  });

  it("are counted as conversations in a selection", () => {
    const found = totals(view, all, groupRows(view, 1));
    expect([found.count, found.distinct, found.rows]).toEqual([5, 3, 3]);
    expect(totals(view, all, null).count).toBe(view.total);
  });

  it("make shares of facets by their parts, and an effective size by conversations", () => {
    const { inside } = tally(view, view.columns[0], all, null);
    close(inside.counts, [0.75 * 3 + 0.5 + 0.4, 0.5 + 1 + 0.75 + 1, 0.6]);
    expect([...inside.touched]).toEqual([5, 6, 1]);
    expect(inside.all).toBeCloseTo(7, 6); // three times the first conversation, and four others
    expect(inside.size).toBeCloseTo(7 ** 2 / (9 + 1 + 1 + 1 + 1), 6);
  });

  it("are one conversation on a day, and have parts in a share over time", () => {
    const made = bins(view.days!);
    const chosen = groupRows(view, 1);
    expect([...course(view, all, chosen, made).all].slice(0, 5)).toEqual([3, 1, 0, 1, 1]);
    expect([...course(view, all, chosen, made).mine].slice(0, 5)).toEqual([3, 0, 0, 1, 0]);
    close(course(view, all, chosen, made, true).mine, [0.75, 0, 0, 0.6, 0]);
  });

  it("make halves of conversations whose shares sum to one", () => {
    const found = compare(view, all, { by: "day", day: 3 }, 1);
    expect([found.totalA, found.totalB]).toEqual([4, 3]);
    expect(found.changes.reduce((sum, one) => sum + one.shareA, 0)).toBeCloseTo(1, 6);
    const languages = compare(view, all, { by: "value", column: "language", a: 0, b: 1 }, 0);
    expect([languages.totalA, languages.totalB]).toEqual([5, 6]);
  });

  it("are parts of conversations in what explains a change", () => {
    const anonymous = readView(pack(header, { ...arrays, user: new Uint8Array(8) }, { part: Float32Array.of(0.75, 0.5, 0.5, 0.4, 1, 0.25, 1, 0.6) }));
    const found = explain(anonymous, passing(anonymous, NO_FILTERS), {
      column: "length",
      value: 1,
      inside: null,
      level: null,
      periods: { by: "day", before: [0, 2], after: [3, 6] },
    })!;
    expect([found.records, found.known, found.people]).toEqual([[4, 3], [4, 3], 5]);
    close(found.overall, [1.25 / 4, 1 / 3]);
    const [x, y] = [0, 1].map((group) => found.parts.find((one) => one.group === group)!);
    close(x.share, [3.25 / 4, 1.4 / 3]);
    close(y.share, [0.75 / 4, 1.6 / 3]);
    expect([x.records, y.records]).toEqual([[4, 2], [3, 2]]);
    expect(found.mix + found.rate).toBeCloseTo(found.change, 12);
  });
});
