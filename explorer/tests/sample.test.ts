import { describe, expect, it } from "vitest";
import { pick } from "../src/logic/sample";

const N = 100_000;
const x = Float32Array.from({ length: N }, (_, row) => ((row * 7919) % N) / (N / 2) - 1);
const y = Float32Array.from({ length: N }, (_, row) => ((row * 104_729) % N) / (N / 2) - 1);
const all = Uint32Array.from({ length: N }, (_, row) => row);
const none = new Uint32Array();
/** What is selected, and the rest of some rows. */
const parted = (selected: (row: number) => boolean) => ({ inside: all.filter(selected), outside: all.filter((row) => !selected(row)) });

describe("the points that are drawn", () => {
  it("are all that are not hidden where they are few", () => {
    const { rows, of } = pick({ inside: all.filter((row) => row % 10 === 0), outside: none }, x, y, null, N / 2);
    expect([rows.length, of]).toEqual([N / 10, N / 10]);
    expect(rows.every((row) => row % 10 === 0)).toBe(true);
  });

  it("are picked evenly of very many, about as many as may be", () => {
    const { rows, of } = pick({ inside: all, outside: none }, x, y, null, 20_000);
    expect(of).toBe(N);
    expect(Math.abs(rows.length - 20_000)).toBeLessThan(20);
    for (let strip = 0; strip < 20; strip++) {
      const there = rows.filter((row) => Math.floor(((x[row] + 1) / 2) * 20) === strip).length;
      expect(Math.abs(there / 1000 - 1)).toBeLessThan(0.1); // a random choice would miss by 3 %, and by 10 % never
    }
  });

  it("are first those that are selected", () => {
    const { rows, dim, even } = pick(parted((row) => row < 5000), x, y, null, 20_000);
    expect([even, pick({ inside: all, outside: none }, x, y, null, 20_000).even]).toEqual([false, true]);
    expect(rows.slice(dim).every((row) => row < 5000)).toBe(true); // drawn last, over all others
    expect(rows.length - dim).toBe(5000);
    expect(Math.abs(rows.length - 20_000)).toBeLessThan(20);
    const most = pick(parted((row) => row < 50_000), x, y, null, 20_000).rows;
    expect(Math.abs(most.filter((row) => row < 50_000).length - 16_000)).toBeLessThan(20);
  });

  it("are those in the window, so that near by all are drawn", () => {
    const { rows, of } = pick({ inside: all, outside: none }, x, y, { left: 0, right: 0.2, low: -0.5, high: 0.5 }, 20_000);
    expect(rows.length).toBe(of);
    expect(of).toBe(x.filter((one, row) => one >= 0 && one <= 0.2 && Math.abs(y[row]) <= 0.5).length);
  });

  it("stay when fewer are picked", () => {
    const [few, many] = [1000, 20_000].map((most) => pick({ inside: all, outside: none }, x, y, null, most).rows);
    const there = new Set(many);
    expect(few.every((row) => there.has(row))).toBe(true);
  });
});
