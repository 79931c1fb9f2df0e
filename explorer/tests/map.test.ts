import { describe, expect, it } from "vitest";
import { finestLevel, overlap, placeLabels, wrap, type Camera } from "../src/logic/labels";
import { inside, simplify, type Polygon } from "../src/logic/lasso";
import { choices, colouring, groupsAt } from "../src/logic/colouring";
import { mix, ramp } from "../src/logic/palette";
import { small } from "./fixture";

const view = small();
const camera: Camera = { left: 200, top: 150, scale: 140, width: 400, height: 300, zoom: 1 };
const measure = () => ({ lines: ["x"], width: 16, height: 12 });

describe("titles", () => {
  it("are of the top when far and of the base when near", () => {
    expect(finestLevel(view, 1)).toBe(1);
    expect(finestLevel(view, 1.5)).toBe(0);
  });

  it("never lie over one another, the larger group first", () => {
    const placed = placeLabels(view, { ...camera, zoom: 2 }, measure, [7, 3, 5, 2, 3]);
    expect(placed.length).toBeGreaterThan(2);
    for (const a of placed) for (const b of placed) if (a !== b) expect(overlap(a, b)).toBe(false);
    expect(placed[0].group).toBe(0);
  });

  it("of the level above leave when the finer ones are near", () => {
    const near = placeLabels(view, { ...camera, zoom: 3 }, measure, [7, 3, 5, 2, 3]);
    expect(near.map((one) => one.group)).toEqual([2, 4, 3]);
  });

  it("are not of what is out of sight, empty or without a name", () => {
    const away = placeLabels(view, { ...camera, left: -500 }, measure, [7, 3, 5, 2, 3]);
    expect(away).toEqual([]);
    expect(placeLabels(view, camera, measure, [0, 3, 0, 0, 3]).map((one) => one.group)).toEqual([1]);
    expect(placeLabels(view, camera, () => null, [7, 3, 5, 2, 3])).toEqual([]);
  });

  it("show the one pointed at before all others", () => {
    const one = placeLabels(view, camera, () => ({ lines: ["x"], width: 390, height: 290 }), [7, 3, 5, 2, 3], 1);
    expect(one.map((label) => label.group)).toEqual([1]);
  });

  it("wrap, and say when they are cut", () => {
    expect(wrap("Fix errors in Python programs", 12)).toEqual(["Fix errors", "in Python", "programs"]);
    expect(wrap("one two three four five six seven", 5)[2]).toMatch(/…$/);
  });
});

describe("a lasso", () => {
  const square: Polygon = [
    [-0.5, -0.5],
    [0.5, -0.5],
    [0.5, 0.5],
    [-0.5, 0.5],
  ];

  it("takes in what is inside", () => {
    expect([...inside(square, Float32Array.of(0, 0.6, -0.4), Float32Array.of(0, 0, 0.49))]).toEqual([1, 0, 1]);
  });

  it("takes in no hollow", () => {
    const u: Polygon = [[0, 0], [3, 0], [3, 3], [2, 3], [2, 1], [1, 1], [1, 3], [0, 3]];
    expect([...inside(u, Float32Array.of(0.5, 1.5, 2.5), Float32Array.of(2, 2, 2))]).toEqual([1, 0, 1]);
  });

  it("keeps its shape with few points", () => {
    const circle: Polygon = Array.from({ length: 400 }, (_, i) => [Math.cos(i / 63.7), Math.sin(i / 63.7)]);
    const fewer = simplify(circle);
    expect(fewer.length).toBeLessThanOrEqual(48);
    expect(fewer.every(([x, y]) => Math.abs(Math.hypot(x, y) - 1) < 0.01)).toBe(true);
  });
});

describe("colours", () => {
  it("are offered for levels, facets and dates", () => {
    expect(choices(view)).toEqual(["level:1", "level:0", "language", "length", "date"]);
  });

  it("of a level are one a group, for all its rows", () => {
    const { codes, legend } = colouring(view, "level:1", "light", null);
    expect([...codes]).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
    expect(legend.map((one) => one.place)).toEqual([0, 1]);
    expect([...groupsAt(view, 0)]).toEqual([0, 1, 2, 3, 4]);
  });

  it("of a facet tell apart what is not known", () => {
    const { codes, colours, legend } = colouring(view, "language", "dark", null);
    expect([...codes]).toEqual([0, 0, 1, 0, 1, 1, 1, 2]);
    expect(new Set(colours).size).toBe(3);
    expect(legend[legend.length - 1].kind).toBe("unknown");
  });

  it("run evenly from end to end", () => {
    expect(mix("#000000", "#ffffff", 0.5)).toBe("#808080");
    const seven = ramp("light", 7);
    expect(new Set(seven).size).toBe(7);
    expect(ramp("light", 3)[2]).toBe(seven[6]);
  });
});
