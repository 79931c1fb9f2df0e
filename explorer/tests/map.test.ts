import { describe, expect, it } from "vitest";
import { finestLevel, overlap, placeLabels, type Camera } from "../src/logic/labels";
import { directionOf, lettersOf, widthOf, wordsIn, wrap } from "../src/logic/lettering";
import { inside, simplify, type Polygon } from "../src/logic/lasso";
import { choices, colouring, groupsAt } from "../src/logic/colouring";
import { figuresOf, weakness } from "../src/logic/quality";
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

  it("stand away from points where there is room, with a line to their group", () => {
    const wide = { ...camera, width: 800, height: 600, left: 400, top: 300 };
    const size = () => ({ lines: ["x"], width: 60, height: 20 });
    const covered = (box: { x: number; y: number }) => (Math.hypot(box.x - 400, box.y - 300) < 60 ? 3 : 0);
    const [first] = placeLabels(view, wide, size, [7, 0, 0, 0, 0], null, [], { covered });
    expect(covered(first)).toBe(0);
    expect(first.from).toEqual([400, 300]);
    expect(placeLabels(view, wide, size, [7, 0, 0, 0, 0])[0].from).toBeNull();
  });

  it("are whole where there is room, and cut where there is none", () => {
    const size = (_: number, __: number, cut: boolean) => ({ lines: [cut ? "cut" : "whole"], width: 60, height: cut ? 20 : 120 });
    expect(placeLabels(view, camera, size, [7, 0, 0, 0, 0])[0].lines).toEqual(["whole"]);
    const little = [{ x: 200, y: 60, width: 400, height: 120 }, { x: 200, y: 250, width: 400, height: 120 }];
    expect(placeLabels(view, camera, size, [7, 0, 0, 0, 0], null, little)[0].lines).toEqual(["cut"]);
  });

  it("are also of a finer group that lies far from all titled ones", () => {
    const far = placeLabels(view, { ...camera, scale: 2000, width: 1400, height: 900, left: 300, top: 800 }, measure, [7, 3, 5, 2, 3]);
    expect(far.map((one) => one.group)).toEqual(expect.arrayContaining([0, 2, 3]));
    const close = placeLabels(view, { ...camera, scale: 100, width: 1400, height: 900, left: 300, top: 800 }, measure, [7, 3, 5, 2, 3]);
    expect(close.map((one) => one.group)).toEqual([0, 1]);
  });

  it("show the one pointed at before all others", () => {
    const one = placeLabels(view, camera, () => ({ lines: ["x"], width: 390, height: 290 }), [7, 3, 5, 2, 3], 1);
    expect(one.map((label) => label.group)).toEqual([1]);
  });

  it("wrap, and say when they are cut", () => {
    expect(wrap("Fix errors in Python programs", 12)).toEqual(["Fix errors", "in Python", "programs"]);
    expect(wrap("one two three four five six seven", 5, 3)[2]).toMatch(/…$/);
    expect(wrap("one two three four five six seven", 5).join(" ")).toBe("one two three four five six seven");
  });

  it("wrap between words where a script has no blanks, and keep marks with what they belong to", () => {
    expect(wrap("请帮我写一封给校长的信", 12)).toEqual(["请帮我写一封", "给校长的信"]);
    expect(wrap("「机器学习」（入门）教程", 10)).toEqual(["「机器", "学习」", "（入门）", "教程"]);
    expect(wrap("東京タワーへ行きたい Tokyo", 12).join("").replace(" ", "")).toBe("東京タワーへ行きたいTokyo");
    for (const line of wrap("ฉันอยากไปเที่ยวทะเลกับครอบครัว", 12)) expect(widthOf(line)).toBeLessThanOrEqual(12);
    expect(wrap("请帮我写一封给校长的信", 6, 2)[1]).toMatch(/…$/);
    expect(wrap("हिन्दी में कविता लिखना", 12).join(" ")).toBe("हिन्दी में कविता लिखना");
    const [cut] = wrap("क्ष्म्य".repeat(12), 5, 1);
    expect(lettersOf("क्ष्म्य".repeat(12)).slice(0, lettersOf(cut).length - 1).join("")).toBe(cut.slice(0, -1));
  });

  it("go the way of their first letter", () => {
    expect(["1. خبز bread", "bread خبز", "«שלום»", "42", "हिन्दी"].map(directionOf)).toEqual(["rtl", "ltr", "rtl", "ltr", "ltr"]);
  });

  it("and questions are read in words", () => {
    expect(wordsIn("北京天气 weather, now")).toEqual(["北京", "天气", "weather,", "now"]);
    expect(wordsIn("iPhone手机")).toEqual(["iPhone", "手机"]);
    expect(wordsIn("ไปเที่ยว")).toEqual(["ไป", "เที่ยว"]);
    expect(wordsIn("。 ")).toEqual(["。"]);
    expect(wordsIn("  ")).toEqual([]);
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

  it("and the order of the tree go by the figures of quality that tell groups apart, the weakest first", () => {
    const measured = small();
    [0.5, 0.1, 0.9].forEach((value, place) => (measured.groups[place + 2].quality = { silhouette: value, misplaced: value, same: 1 }));
    expect(figuresOf(measured)).toEqual(["silhouette", "misplaced"]);
    expect(choices(measured).slice(-2)).toEqual(["quality:silhouette", "quality:misplaced"]);
    const { codes, colours, legend } = colouring(measured, "quality:silhouette", "light", null);
    expect([...new Set(codes)]).toEqual([4, 0, 8]);
    expect(legend.map((one) => one.text)).toEqual(["0.1", "0.9"]);
    expect(colours).toHaveLength(10);
    const order = (figure: string) => [0, 2, 3, 4].sort((a, b) => weakness(measured, b, figure) - weakness(measured, a, figure));
    expect(order("silhouette")).toEqual([3, 2, 4, 0]);
    expect(order("misplaced")).toEqual([4, 2, 3, 0]);
  });

  it("run evenly from end to end", () => {
    expect(mix("#000000", "#ffffff", 0.5)).toBe("#808080");
    const seven = ramp("light", 7);
    expect(new Set(seven).size).toBe(7);
    expect(ramp("light", 3)[2]).toBe(seven[6]);
  });
});
