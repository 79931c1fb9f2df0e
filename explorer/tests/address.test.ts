import { describe, expect, it } from "vitest";
import { FIRST_EARLIER, fromHash, NOTHING, toHash, type Shown } from "../src/logic/address";
import { FIRST_TABLE } from "../src/logic/table-address";
import { small } from "./fixture";

const view = small();

describe("an address", () => {
  it("brings back what it was made from", () => {
    const shown: Shown = {
      region: { kind: "group", group: 3 },
      filters: { values: { language: [1, 2], length: [0] }, days: [1, 4] },
      colour: "length",
      sort: "change",
      halves: { by: "day", day: 4 },
      explaining: null,
      earlier: { level: 0, all: true },
      table: { question: "bake & fry", order: { key: "column:length", down: true }, keys: ["group", "column:language"] },
      level: 0,
      camera: [0.25, -0.5, 3],
    };
    expect(fromHash(view, `#${toHash(view, shown)}`)).toEqual(shown);
    const other: Shown = {
      ...NOTHING,
      region: { kind: "lasso", polygon: [[0, 0], [1, 0], [0.5, 1]] },
      halves: { by: "value", column: "language", a: 1, b: 0 },
      earlier: FIRST_EARLIER,
      table: FIRST_TABLE,
    };
    expect(fromHash(view, toHash(view, other))).toEqual(other);
  });

  it("of nothing is empty", () => {
    expect(toHash(view, NOTHING)).toBe("");
    expect(fromHash(view, "")).toEqual(NOTHING);
  });

  it("names groups and values, so that it outlives a new build", () => {
    const hash = toHash(view, { ...NOTHING, region: { kind: "group", group: 2 }, filters: { values: { language: [1] }, days: null } });
    expect(hash).toBe("group=a&is.language=ru");
  });

  it("of a table and of a comparison says what they show, and no more", () => {
    expect(toHash(view, { ...NOTHING, table: FIRST_TABLE, earlier: FIRST_EARLIER })).toBe("earlier=changed&table=");
    const table = { question: "хлеб", order: { key: "date" as const, down: false }, keys: null };
    expect(decodeURIComponent(toHash(view, { ...NOTHING, table }))).toBe("table=хлеб&order=date");
    expect(fromHash(view, "#table=&order=-gone&show=gone&show=date&show=group").table).toEqual({ question: "", order: null, keys: ["group", "date"] });
    expect(fromHash(view, "#order=date&show=date&earlier-level=1")).toEqual(NOTHING);
    expect(fromHash({ ...view, published: true }, "#table=bread").table).toBeNull();
    expect(fromHash({ ...view, rows: 0 }, "#table=bread").table).toBeNull();
  });

  it("leaves out what the atlas does not have", () => {
    expect(fromHash(view, "#group=gone&is.language=xx&is.gone=1&days=nonsense&at=1,2&level=9&compare=gone&sort=magic")).toEqual(NOTHING);
  });
});
