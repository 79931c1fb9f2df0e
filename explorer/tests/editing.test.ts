import { describe, expect, it } from "vitest";
import type { Edit } from "../src/data/load";
import { baseGroups, canMoveInto, found, partners, targets } from "../src/logic/moves";
import { hashNow, replaceView, region, selectGroup, start, view } from "../src/state";
import { told } from "../src/logic/told";
import { readView } from "../src/data/view";
import { reason, refusal, tongue } from "../src/words";
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

  it("is found by words of its name or of the group above, in any script", () => {
    const view = small();
    const nameOf = (one: number) => view.groups[one].name ?? "";
    expect(baseGroups(view)).toEqual([4, 2, 3]);
    expect(found(view, baseGroups(view), "ЕЖИКИ ёлк", nameOf)).toEqual([3]);
    expect(found(view, baseGroups(view), "bread group x", nameOf)).toEqual([2]);
    expect(found(view, baseGroups(view), " ", nameOf)).toEqual([4, 2, 3]);
    expect(found(view, baseGroups(view), "zebra", nameOf)).toEqual([]);
  });
});

describe("the history", () => {
  const made = (details: Record<string, unknown>): Edit => ({ id: "a", at: "", author: "", op: "", details, state: "applied", why: "", said: null });

  it("says what an edit was about, in the words of then", () => {
    expect(told(made({ called: ["Хлеб", "Bread"], name: "Baking" }))).toBe("Хлеб + Bread → Baking");
    expect(told(made({ called: ["Bread"], into: 3, method: "ward" }))).toBe("Bread → 3");
    expect(told(made({ called: ["Bread"], on: true }))).toBe("Bread");
    expect(told(made({ called: ["Bread"], conversations: 3 }))).toBe("3 conversations → Bread");
  });
});

describe("a view after an edit", () => {
  it("keeps the selection by id, or selects what was made", () => {
    const page = globalThis as unknown as Record<string, unknown>;
    page.location = { hash: "", pathname: "/", search: "" };
    page.history = { replaceState: () => undefined, pushState: () => undefined };
    page.addEventListener = () => undefined;
    start(small(), { meaning: false, traces: false, edit: true, model: false, report: false, records: false });
    selectGroup(3);
    const header = smallHeader();
    const groups = (header.groups as object[]).map((one) => ({ ...one }));
    const next = () => readView(pack({ ...header, groups: [...groups.slice(0, 2), { ...groups[3] }, { ...groups[2] }, groups[4]] }, smallArrays()));
    replaceView(next(), hashNow(), null);
    expect(region.value).toEqual({ kind: "group", group: 2 });
    replaceView(next(), hashNow(), view.value.groups[4].id);
    expect(region.value).toEqual({ kind: "group", group: 4 });
  });
});

describe("what the server refuses", () => {
  const why = { key: "unsupported", fields: { least: 3, details: "Zorbatech" } };
  const text = "Rename cannot be done: fewer than 3 people of the group wrote Zorbatech; choose other words.";
  const told = { message: text, said: { key: "cannot", fields: { op: "rename", why } } };

  it("is said in the language of the page, parts and all", () => {
    expect(refusal(told)).toBe(text);
    tongue.value = "ru";
    expect(refusal(told)).toMatch(/^Правка не внесена: в группе меньше 3 человек написали: Zorbatech; .*описание\.$/);
    const gone = { key: "gone", fields: { group: "g1", why: { key: "was_split", fields: { n: 2 } } } };
    expect(reason("its group g1 is gone", gone)).toBe("группы g1 больше нет: она разделена, частей: 2");
    expect(refusal({ message: "Something else.", said: { key: "new", fields: {} } })).toBe("Something else.");
    expect(refusal({ message: "Something else.", said: null })).toBe("Something else.");
    tongue.value = "en";
  });
});
