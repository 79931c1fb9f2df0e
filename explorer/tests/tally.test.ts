import { describe, expect, it } from "vitest";
import { readView } from "../src/data/view";
import { DAYS, NO_FILTERS, passing, toggle } from "../src/logic/filter";
import { publishedTally, unseen } from "../src/logic/published";
import { groupCounts, groupRows, tally, totals } from "../src/logic/tally";
import { group, pack, small, smallHeader } from "./fixture";

const view = small();
const all = passing(view, NO_FILTERS);

describe("counts", () => {
  it("of groups are with duplicates, and those above hold those below", () => {
    expect([...groupCounts(view, all, NO_FILTERS)]).toEqual([7, 3, 5, 2, 3]);
  });

  it("follow the filters, of two columns at once and of days", () => {
    const russian = toggle(NO_FILTERS, "language", 1);
    expect([...groupCounts(view, passing(view, russian), russian)]).toEqual([2, 2, 1, 1, 2]);
    const both = toggle(russian, "length", 1);
    expect([...groupCounts(view, passing(view, both), both)]).toEqual([0, 1, 0, 0, 1]);
    const days = { values: {}, days: [1, 3] as [number, number] };
    expect([...groupCounts(view, passing(view, days), days)]).toEqual([3, 0, 2, 1, 0]);
    expect(passing(view, days).names).toEqual([DAYS]);
  });

  it("of a selection are with its users", () => {
    expect(totals(view, all, groupRows(view, 0))).toEqual({ count: 7, mass: 7, distinct: 5, users: 3, rows: 5 });
    expect(totals(view, all, null)).toEqual({ count: 10, mass: 10, distinct: 8, users: 5, rows: 8 });
  });
});

describe("a tally", () => {
  it("sets a group against all others, of all conversations on each side", () => {
    const { inside, outside } = tally(view, view.columns[0], all, groupRows(view, 0));
    expect([...inside.counts]).toEqual([5, 2, 0]);
    expect([...outside.counts]).toEqual([0, 2, 1]);
    expect([inside.all, outside.all]).toEqual([7, 3]);
    expect(inside.size).toBeCloseTo(49 / 13, 12);
  });

  it("looks past its own filter, and past no other", () => {
    const russian = toggle(NO_FILTERS, "language", 1);
    const pass = passing(view, russian);
    expect([...tally(view, view.columns[0], pass, null).inside.counts]).toEqual([5, 4, 1]);
    expect([...tally(view, view.columns[1], pass, null).inside.counts]).toEqual([3, 1, 0]);
  });
});

describe("a filter", () => {
  it("goes on and off by value, and alone where only one may be on", () => {
    const two = toggle(toggle(NO_FILTERS, "language", 1), "language", 0);
    expect(two.values).toEqual({ language: [0, 1] });
    expect(toggle(toggle(two, "language", 0), "language", 1)).toEqual(NO_FILTERS);
    expect(toggle(two, "length", 0, true).values).toEqual({ length: [0] });
  });
});

describe("a published atlas", () => {
  const header = smallHeader();
  const published = readView(
    pack(
      {
        ...header,
        published: true,
        rows: 0,
        days: null,
        smallest: 15,
        total: 160,
        withheld: 10,
        groups: [group("x", 1, null, 100, { withheld: 25 }), group("y", 1, null, 50), group("a", 0, 0, 75)],
        columns: [{ name: "language", kind: "nominal", type: "language", values: ["en", "ru", null], array: "facet0" }],
      },
      { facet0: Uint32Array.of(70, 20, 10, 50, 0, 0, 60, 0, 15) },
    ),
  );

  it("counts by the cells that it holds", () => {
    expect([...groupCounts(published, passing(published, NO_FILTERS), NO_FILTERS)]).toEqual([100, 50, 75]);
    const russian = toggle(NO_FILTERS, "language", 1);
    expect([...groupCounts(published, passing(published, russian), russian)]).toEqual([20, 0, 0]);
  });

  it("sets a group against the other tops", () => {
    const { inside, outside } = publishedTally(published, published.columns[0], 2);
    expect([...inside.counts]).toEqual([60, 0, 15, 0]);
    expect(inside.all).toBe(75);
    expect([...outside.counts]).toEqual([60, 20, 5, 0]);
    expect(outside.all).toBe(85);
  });

  it("counts what is in no group as withheld, so that the values make up the whole", () => {
    const { inside } = publishedTally(published, published.columns[0], null);
    expect([...inside.counts]).toEqual([120, 20, 20, 0]);
    expect(inside.all).toBe(160);
  });

  it("tells what is in no group that is shown, of all and of what matches a filter", () => {
    expect([unseen(published, null, null), unseen(published, 0, null), unseen(published, 1, null)]).toEqual([10, 25, 0]);
    const english = toggle(NO_FILTERS, "language", 0);
    const counts = groupCounts(published, passing(published, english), english);
    expect([unseen(published, null, counts), unseen(published, 0, counts)]).toEqual([0, 10]);
    expect(unseen(view, 0, null)).toBe(0);
  });
});
