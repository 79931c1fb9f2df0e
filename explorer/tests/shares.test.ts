import { expect, test } from "vitest";
import type { Column, View } from "../src/data/view";
import { difference, elsewhere, estimate, estimated } from "../src/logic/shares";

/** Two groups of 30 and 70 conversations; of the second value nothing is known in the second group. */
const view = { groups: [{ count: 30 }, { count: 70 }], total: 100 } as unknown as View;
const none = [65_535, 65_535, 65_535];
const column = {
  name: "mood",
  values: ["calm", "angry"],
  shares: Uint16Array.from([...[5000, 4000, 6000], ...[5000, 4500, 5500], ...[1000, 500, 2000], ...none, ...[2200, 1700, 2700], ...none]),
} as unknown as Column;

test("a share of a group and of the whole atlas, and none where it was not estimated", () => {
  expect(estimate(view, column, 0, 0)).toEqual({ share: 0.5, low: 0.4, high: 0.6 });
  expect(estimate(view, column, null, 0)).toEqual({ share: 0.22, low: 0.17, high: 0.27 });
  expect(estimate(view, column, 1, 1)).toBeNull();
  expect(estimated(view, column, 1)).toBe(true);
  expect(estimated(view, { ...column, shares: undefined }, 1)).toBe(false);
});

test("the rest of the atlas has what the group leaves, less certain than the whole", () => {
  const rest = elsewhere(view, column, 0, 0)!;
  expect(rest.share).toBeCloseTo((22 - 15) / 70);
  expect(rest.high - rest.share).toBeCloseTo(0.05 / 0.7);
  expect(elsewhere(view, column, 0, 1)).toBeNull();
});

test("a difference is as uncertain as both shares together", () => {
  const { low, high } = difference({ share: 0.5, low: 0.4, high: 0.6 }, { share: 0.1, low: 0.05, high: 0.175 });
  expect(low).toBeCloseTo(0.4 - Math.hypot(0.1, 0.075));
  expect(high).toBeCloseTo(0.4 + Math.hypot(0.1, 0.05));
});
