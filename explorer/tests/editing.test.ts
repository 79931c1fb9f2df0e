import { describe, expect, it } from "vitest";
import type { Edit } from "../src/data/load";
import { canMoveInto, partners, targets } from "../src/logic/moves";
import { replaceView, region, selectGroup, start, view } from "../src/state";
import { told } from "../src/logic/told";
import { readView } from "../src/data/view";
import { pack, small, smallArrays, smallHeader } from "./fixture";

describe("where a group can go", () => {
  it("moves into groups of a higher level that hold groups, but not where it lies", () => {
    const view = small();
    expect(canMoveInto(view, 2, 1)).toBe(true);
    expect(canMoveInto(view, 2, 0)).toBe(false);
    expect(canMoveInto(view, 2, 4)).toBe(false);
    expect(canMoveInto(view, 0, 1)).toBe(false);
    expect(targets(view, 4)).toEqual([0]);
  });

  it("merges with others of its level, the nearest first", () => {
    const view = small();
    view.groups[2].near = [4];
    expect(partners(view, 2)).toEqual([4, 3]);
    expect(partners(view, 0)).toEqual([1]);
  });
});

describe("the history", () => {
  const made = (details: Record<string, unknown>): Edit => ({ id: "a", at: "", author: "", op: "", details, state: "applied", why: "" });

  it("says what an edit was about, in the words of then", () => {
    expect(told(made({ called: ["Хлеб", "Bread"], name: "Baking" }))).toBe("Хлеб + Bread → Baking");
    expect(told(made({ called: ["Bread"], into: 3, method: "ward" }))).toBe("Bread → 3");
    expect(told(made({ called: ["Bread"], on: true }))).toBe("Bread");
  });
});

describe("a view after an edit", () => {
  it("keeps the selection by id, or selects what was made", () => {
    const page = globalThis as unknown as Record<string, unknown>;
    page.location = { hash: "", pathname: "/", search: "" };
    page.history = { replaceState: () => undefined };
    page.addEventListener = () => undefined;
    start(small(), { meaning: false, traces: false, edit: true });
    selectGroup(3);
    const header = smallHeader();
    const groups = (header.groups as object[]).map((one) => ({ ...one }));
    const next = () => readView(pack({ ...header, groups: [...groups.slice(0, 2), { ...groups[3] }, { ...groups[2] }, groups[4]] }, smallArrays()));
    replaceView(next(), null);
    expect(region.value).toEqual({ kind: "group", group: 2 });
    replaceView(next(), view.value.groups[4].id);
    expect(region.value).toEqual({ kind: "group", group: 4 });
  });
});
