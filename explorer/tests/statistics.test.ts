import { describe, expect, it } from "vitest";
import { benjaminiHochberg, effective, erfc, newcombe, twoProportions, wilson } from "../src/logic/statistics";

describe("intervals", () => {
  it("of a share are Wilson's: 15 of 148 is 0.0624 to 0.1605 (Newcombe 1998, one sample, table I)", () => {
    const { low, high } = wilson(15 / 148, 148);
    expect(low).toBeCloseTo(0.0624, 4);
    expect(high).toBeCloseTo(0.1605, 4);
  });

  it("hold their ends at no and at all", () => {
    expect(wilson(0, 20)).toEqual({ low: 0, high: expect.closeTo(0.1611, 4) });
    expect(wilson(1, 20).high).toBe(1);
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });

  it("of a difference are Newcombe's: 56/70 - 48/80 is 0.0524 to 0.3339 (Newcombe 1998, two samples, table II)", () => {
    const { low, high } = newcombe(56 / 70, 70, 48 / 80, 80);
    expect(low).toBeCloseTo(0.0524, 4);
    expect(high).toBeCloseTo(0.3339, 4);
  });
});

describe("tests", () => {
  it("of two proportions are those of the pooled z-test", () => {
    expect(twoProportions(56 / 70, 70, 48 / 80, 80)).toBeCloseTo(0.008045, 6);
    expect(twoProportions(0.5, 10, 0.5, 30)).toBe(1);
    expect(twoProportions(0, 10, 0, 30)).toBe(1);
    expect(twoProportions(1, 0, 0, 30)).toBe(1);
  });

  it("are corrected as Benjamini and Hochberg do, in the order given", () => {
    expect(benjaminiHochberg([0.01, 0.04, 0.03, 0.005])).toEqual([0.02, 0.04, 0.04, 0.02].map((one) => expect.closeTo(one, 12)));
    expect(benjaminiHochberg([])).toEqual([]);
  });

  it("rest on an error function good to seven digits", () => {
    expect(erfc(1)).toBeCloseTo(0.15729920705, 7);
    expect(erfc(-1)).toBeCloseTo(1.84270079295, 7);
  });

  it("count copies once: of ten, where one weighs 5 and five 1, the effective size is 100/30", () => {
    expect(effective(10, 30)).toBeCloseTo(10 / 3, 12);
    expect(effective(0, 0)).toBe(0);
  });
});
