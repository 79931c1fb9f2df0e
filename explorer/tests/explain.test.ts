import { describe, expect, it } from "vitest";
import { readView } from "../src/data/view";
import { fromHash, NOTHING, toHash } from "../src/logic/address";
import { decompose } from "../src/logic/decompose";
import { explain, holdersAt, metrics, usualQuestion, type Question } from "../src/logic/explain";
import { NO_FILTERS, passing, toggle } from "../src/logic/filter";
import { pack, small, smallArrays, smallHeader } from "./fixture";

const view = small();
const all = passing(view, NO_FILTERS);
const days: Question = { column: "length", value: 1, inside: null, level: null, periods: { by: "day", before: [0, 2], after: [3, 6] } };

/** The small view with a column of numbers, which a model told of some rows only if `partly`. */
function withNumbers(partly = false) {
  const header = smallHeader();
  const column = { name: "cost", kind: "ordinal", type: "number", values: ["1 – 4"], array: "facet2", numbers: "numbers0", ...(partly && { partly }) };
  const bytes = new Float32Array([1, 2, 3, 4, NaN, 2, 2, 2]);
  const data = pack({ ...header, columns: [...(header.columns as object[]), { ...column, numbers: undefined }] }, { ...smallArrays(), facet2: new Uint8Array([0, 0, 0, 0, 1, 0, 0, 0]) });
  const made = readView(data);
  made.columns[2] = { ...made.columns[2], numbers: bytes };
  return made;
}

describe("the explanation of a change", () => {
  it("has parts that sum to it, as Python counts them", () => {
    // Before: x has 5 of 5, 1 of them long. After: x has 2 (one long), y 2 (one long; days 5 and 6).
    const found = explain(view, all, days)!;
    expect(found.share).toBe(true);
    expect(found.overall).toEqual([0.2, 0.5]);
    expect(found.records).toEqual([5, 4]);
    const [x, y] = [0, 1].map((group) => found.parts.find((one) => one.group === group)!);
    expect(x.share).toEqual([1, 0.5]);
    expect(x.mix).toBeCloseTo(-0.5 * (0.35 - 0.35), 12);
    expect(x.rate).toBeCloseTo(0.75 * 0.3, 12);
    expect(y.mean).toEqual([null, 0.5]);
    expect(y.mix).toBeCloseTo(0.5 * (0.5 - 0.35), 12);
    expect(y.rate).toBe(0);
    expect(found.mix + found.rate).toBeCloseTo(found.change, 12);
  });

  it("is the same every time, with intervals that hold the parts' order", () => {
    const [one, other] = [explain(view, all, days)!, explain(view, all, days)!];
    expect(one).toEqual(other);
    for (const { interval } of one.parts) expect(interval!.low).toBeLessThanOrEqual(interval!.high);
    expect(one.people).toBe(5);
  });

  it("counts the mean of numbers, and leaves out what has none", () => {
    const found = explain(withNumbers(), all, { ...days, column: "cost", value: null })!;
    expect(found.share).toBe(false);
    expect(found.overall[0]).toBeCloseTo((3 * 1 + 2 + 3) / 5, 6);
    expect(found.overall[1]).toBeCloseTo((4 + 2 + 2) / 3, 6);
    expect([found.records, found.known]).toEqual([[5, 4], [5, 3]]);
  });

  it("takes the shares of all, and the answers of those that were asked, where only some were", () => {
    const found = explain(withNumbers(true), all, { ...days, column: "cost", value: null })!;
    expect(found.partly).toBe(true);
    const x = found.parts.find((one) => one.group === 0)!;
    expect(x.share).toEqual([1, 0.5]);
    expect(found.overall[1]).toBeCloseTo(0.5 * 4 + 0.5 * 2, 6);
  });

  it("goes into a group, and follows the filters, but no filter by date", () => {
    const inside = explain(view, all, { ...days, inside: 0 })!;
    expect(inside.parts.map((one) => one.group).sort()).toEqual([2, 3]);
    expect(inside.records).toEqual([5, 2]);
    const short = passing(view, { ...toggle(NO_FILTERS, "language", 0), days: [0, 0] });
    expect(explain(view, short, days)!.records).toEqual([4, 1]);
  });

  it("goes down to a level, where a group whose parent lies above it stands for itself", () => {
    const base = explain(view, all, { ...days, level: 0 })!;
    expect(base.parts.map((one) => one.group).sort()).toEqual([2, 3, 4]);
    expect(base.change).toBeCloseTo(explain(view, all, days)!.change, 12);
    expect([...holdersAt(view, null, null)]).toEqual([[2, 0], [3, 0], [4, 1]]);
    expect([...holdersAt(view, null, 1)]).toEqual([[2, 0], [3, 0], [4, 1]]);
    expect([...holdersAt(view, 0, null)]).toEqual([[2, 2], [3, 3]]);
    expect([...holdersAt(view, 2, null)]).toEqual([]);
    const lone = readView(pack({ ...smallHeader(), groups: [...(smallHeader().groups as object[]).slice(0, 4), { ...(smallHeader().groups as object[])[4], parent: null }] }, smallArrays()));
    expect(holdersAt(lone, null, 1).get(4)).toBe(4);
  });

  it("compares values of a column", () => {
    const found = explain(view, all, { ...days, periods: { by: "value", column: "language", a: 0, b: 1 } })!;
    expect(found.records).toEqual([5, 4]);
    expect(found.parts.reduce((sum, one) => sum + one.part, 0)).toBeCloseTo(found.change, 12);
  });

  it("is null where a period is empty, for a published atlas and inside a base group", () => {
    expect(explain(view, all, { ...days, periods: { by: "day", before: [0, 2], after: [7, 7] } })).toBeNull();
    expect(explain({ ...view, published: true }, all, days)).toBeNull();
    expect(explain(view, all, { ...days, inside: 2 })).toBeNull();
    expect(usualQuestion({ ...view, published: true })).toBeNull();
  });

  it("sums exactly for any sums, and turns its sign with the periods", () => {
    const random = (at: number) => ((at * 7919) % 97) / 97;
    const size = Float64Array.from({ length: 10 }, (_, at) => 1 + Math.floor(9 * random(at)));
    const total = size.map((one, at) => one * random(at + 31));
    const found = decompose({ size, known: size, total });
    const turned = decompose({ size: swap(size), known: swap(size), total: swap(total) });
    const sum = (one: Float64Array) => one.reduce((a, b) => a + b, 0);
    expect(sum(found.mix) + sum(found.rate)).toBeCloseTo(found.overall[1] - found.overall[0], 12);
    found.mix.forEach((one, at) => expect(turned.mix[at]).toBeCloseTo(-one, 12));
  });

  it("begins with a question of its own, and stands in the address", () => {
    expect(metrics(view)).toHaveLength(2);
    const first = usualQuestion(view)!;
    expect(first.periods.by).toBe("day");
    for (const question of [first, { ...days, inside: 0 }, { ...days, level: 0 }, { ...days, periods: { by: "value" as const, column: "language", a: 1, b: 0 } }]) {
      const hash = toHash(view, { ...NOTHING, explaining: question });
      expect(fromHash(view, `#${hash}`).explaining).toEqual(question);
    }
    expect(fromHash(view, "#explain=nothing&before=2026-03-01_2026-03-02&after=2026-03-03_2026-03-04").explaining).toBeNull();
    expect(fromHash(view, "#explain=length&of=long&before=x&after=y").explaining).toBeNull();
  });
});

function swap(sums: Float64Array): Float64Array {
  return Float64Array.from([...sums.subarray(sums.length / 2), ...sums.subarray(0, sums.length / 2)]);
}
