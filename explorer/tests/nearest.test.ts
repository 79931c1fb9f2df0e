import { describe, expect, it } from "vitest";
import { nearest } from "../src/logic/nearest";

const x = Float32Array.of(0, 1, 2, 2);
const y = Float32Array.of(0, 0, 0, 0);

describe("the point under the pointer", () => {
  it("is the nearest one that is drawn, within reach", () => {
    const rows = [Uint32Array.of(0, 1)];
    expect(nearest(rows, x, y, [0.6, 0.1], 0.5)).toBe(1);
    expect(nearest(rows, x, y, [1.9, 0], 0.5)).toBe(-1);
    expect(nearest([], x, y, [0, 0], 9)).toBe(-1);
  });

  it("is the one that is drawn last where several lie at one place", () => {
    expect(nearest([Uint32Array.of(3), Uint32Array.of(2)], x, y, [2, 0], 0.1)).toBe(2);
  });

  it("reaches as far as it is large", () => {
    const reach = (row: number) => (row ? 0.2 : 2);
    expect(nearest([Uint32Array.of(0, 1)], x, y, [0.7, 0], reach)).toBe(0);
    expect(nearest([Uint32Array.of(0, 1)], x, y, [0.9, 0], reach)).toBe(1);
  });
});
