import { describe, expect, it } from "vitest";
import { readView, type View } from "../src/data/view";
import { fromHash, toHash } from "../src/logic/address";
import { around, textHits } from "../src/logic/folded";
import { csvFile, harmless, jsonlFile, tabbed } from "../src/logic/record-files";
import { NO_FILTERS, passing } from "../src/logic/filter";
import { selectedRows } from "../src/logic/lists";
import { cellText, firstKeys, keysOf, searchRows, serverColumn, sortRows, type Names } from "../src/logic/records";
import { tellingWords } from "../src/logic/selection-words";
import { pack, smallArrays, smallHeader } from "./fixture";

const LINES = ["Bake a Ёжик cake", "=SUM(A1)", "Bake bread", "Fix a loop", "Fix a list", "", "Travel to Georgia", "Travel by train"];

function withTexts(): View {
  const bytes = (lines: string[]) => new TextEncoder().encode(`${lines.join("\n")}\n`);
  const ids = LINES.map((_, row) => (row ? `r${row}` : "r0\tcopy-r0"));
  const header = { ...smallHeader(), texts: [{ name: "request", array: "text0" }], records: { array: "records" } };
  return readView(pack(header, { ...smallArrays(), text0: bytes(LINES), records: bytes(ids) }));
}

function namesOf(view: View): Names {
  return {
    group: (index) => view.groups[index].name ?? "withheld",
    value: (column, place) => column.values[place] ?? "",
    day: (day) => `day ${day}`,
  };
}

describe("the table of records", () => {
  const view = withTexts();
  const names = namesOf(view);
  const all = selectedRows(view, passing(view, NO_FILTERS), null);

  it("has a column for all that is known, and shows the most telling first", () => {
    expect(keysOf(view)).toEqual(["record", "group", "top", "date", "text:request", "column:language", "column:length", "count"]);
    expect(firstKeys(view)).toEqual(["record", "group", "date", "text:request", "column:language", "column:length"]);
    const bare = readView(pack(smallHeader(), smallArrays()));
    expect(keysOf(bare)).not.toContain("record");
  });

  it("writes cells", () => {
    const row = keysOf(view).map((key) => cellText(view, key, 0, names));
    expect(row).toEqual(["r0; copy-r0", "Bake bread", "Group x", "day 0", "Bake a Ёжик cake", "en", "short", "3"]);
    expect(cellText(view, "date", 7, names)).toBe("");
    expect(cellText(view, "column:language", 7, names)).toBe("");
  });

  it("takes the rows of the selection that pass", () => {
    const days = passing(view, { values: {}, days: [1, 6] });
    expect([...selectedRows(view, days, null)]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...selectedRows(view, passing(view, NO_FILTERS), Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 1))]).toEqual([1, 7]);
    expect([...selectedRows(view, days, Uint8Array.of(1, 1, 0, 1, 1, 0, 0, 0), 2)]).toEqual([1, 3]);
  });

  it("sorts by names, steps, dates and numbers, what is unknown last", () => {
    const sorted = (key: Parameters<typeof cellText>[1], down = false) => [...sortRows(view, all, { key, down }, names)];
    expect(sorted("column:language")).toEqual([0, 1, 3, 2, 4, 5, 6, 7]);
    expect(sorted("column:language", true)).toEqual([2, 4, 5, 6, 0, 1, 3, 7]);
    expect(sorted("column:length")).toEqual([0, 2, 4, 6, 1, 3, 5, 7]);
    expect(sorted("date", true)).toEqual([6, 5, 4, 3, 2, 1, 0, 7]);
    expect(sorted("count", true)[0]).toBe(0);
    expect(sorted("text:request").slice(-1)).toEqual([5]);
    expect(sorted("text:request", true)[0]).toBe(6);
    expect(sorted("group").slice(0, 3)).toEqual([0, 1, 2]);
    expect([...sortRows(view, all, null, names)]).toEqual([...all]);
  });

  it("searches the columns that are shown", () => {
    const found = (question: string, keys = keysOf(view)) => [...searchRows(view, all, keys, question, names)];
    expect(found("ежик")).toEqual([0, 3, 4]);
    expect(found("bake ru")).toEqual([2]);
    expect(found("copy-r0")).toEqual([0]);
    expect(found("day 3")).toEqual([0, 3]); // the first occurs 3 times
    expect(found("ежик", ["group", "date"])).toEqual([3, 4]);
    expect(found(" ")).toEqual([...all]);
  });

  it("names its columns as the server does", () => {
    expect(serverColumn(view, "text:request")).toBe("request");
    expect(serverColumn(view, "column:language")).toBe("language");
    expect(serverColumn(view, "record")).toBeNull();
    const meta = { ...view, columns: [{ ...view.columns[0], name: "plan", type: "meta" }] } as View;
    expect(serverColumn(meta, "column:plan")).toBe("meta_plan");
  });
});

describe("files that the page makes", () => {
  it("hold no formula", () => {
    for (const cell of ["=1+1", "+cmd", "-cmd|1", "@SUM(A1)", "\t=1", " =1", "＝1"]) expect(harmless(cell).startsWith("'"), cell).toBe(true);
    for (const cell of ["-1", "+3.5", "12 %", "1e-5", "a=b", ""]) expect(harmless(cell)).toBe(cell);
    expect(harmless("a\u202eb\u0000c")).toBe("abc");
  });

  it("are CSV with a mark of UTF-8, JSONL, and cells between tabs", () => {
    expect(csvFile(["a", "b"], [["x,y", 'say "=1"'], ["=1", "two\nlines"]])).toBe('\ufeffa,b\n"x,y","say ""=1"""\n\'=1,"two\nlines"\n');
    expect(jsonlFile(["a", "b"], [["x", ""]])).toBe('{"a":"x","b":null}\n');
    expect(tabbed(["a", "b"], [["x\ty", "=1"]])).toBe("a\tb\nx y\t'=1");
  });
});

describe("a search by words", () => {
  it("finds every row that holds all words in one text", () => {
    const view = withTexts();
    expect([...textHits(view.texts, 8, "travel")]).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
    expect([...textHits(view.texts, 8, "fix list")]).toEqual([0, 0, 0, 0, 1, 0, 0, 0]);
    expect([...textHits(view.texts, 8, " ")]).toEqual(new Array(8).fill(0));
  });

  it("shows the text around the first word", () => {
    const { text, at } = around(`${"before ".repeat(30)}the Ёжик naïve ${"after ".repeat(60)}`, ["ежик", "naive"]);
    expect(at.map(([start, stop]) => text.slice(start, stop))).toEqual(["Ёжик", "naïve"]);
    expect(text.startsWith("… before")).toBe(true);
    expect(text.length).toBeLessThan(220);
    expect(around("short", ["absent"])).toEqual({ text: "short", at: [] });
    expect(around("学日语半年了，我是学生", ["学", "日语"]).at, "what was typed is marked as a whole").toEqual([[0, 3]]);
    expect(around("日语学习", ["学", "日语"]).at).toEqual([[0, 3]]);
  });

  it("is kept in the address", () => {
    const view = withTexts();
    const shown = fromHash(view, "#found=fix+a+list");
    expect(shown.region).toEqual({ kind: "found", question: "fix a list" });
    expect(toHash(view, shown)).toBe("found=fix+a+list");
  });
});

describe("distinctive words", () => {
  it("are those more frequent in a selection than elsewhere", () => {
    const texts = Array.from({ length: 200 }, (_, row) => (row % 4 ? "please plan a long journey" : "please bake rye bread"));
    const chosen = Uint8Array.from(texts, (_, row) => (row % 4 ? 0 : 1));
    const found = tellingWords(texts, new Uint8Array(200), chosen);
    expect(found.map((one) => one.word).sort()).toEqual(["bake", "bread", "rye"]);
    expect(found[0]).toMatchObject({ here: 50, elsewhere: 0 });
  });

  it("are none where the selection is like the rest, or all", () => {
    const texts = Array.from({ length: 200 }, () => "please bake rye bread");
    expect(tellingWords(texts, new Uint8Array(200), Uint8Array.from(texts, (_, row) => row % 2))).toEqual([]);
    expect(tellingWords(texts, new Uint8Array(200), null)).toEqual([]);
  });

  it("are found in scripts without blanks", () => {
    const texts = Array.from({ length: 120 }, (_, row) => (row % 3 ? "我想去旅行" : "我想烤面包"));
    const words = tellingWords(texts, new Uint8Array(120), Uint8Array.from(texts, (_, row) => (row % 3 ? 0 : 1))).map((one) => one.word);
    expect(words.join("")).toContain("面包");
  });
});
