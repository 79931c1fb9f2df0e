import { describe, expect, it } from "vitest";
import { fold, search, wordsOf } from "../src/logic/search";
import { small } from "./fixture";
import { en } from "../src/words/en";
import { ru } from "../src/words/ru";
import { points, percent, t, tongue } from "../src/words";

const view = small();
const shown = (column: string, place: number) => (column === "language" ? ["English", "Russian"][place] : "");

describe("search", () => {
  it("finds groups by name before description", () => {
    expect(search(view, "bread", shown)[0]).toMatchObject({ kind: "group", group: 2, where: "name" });
    expect(search(view, "sourdough", shown)[0]).toMatchObject({ kind: "group", group: 2, where: "description" });
  });

  it("does not mind case, accents and ё", () => {
    expect(fold("Ёж É")).toBe("еж e");
    expect(search(view, "ЕЖИКИ", shown)[0]).toMatchObject({ group: 3 });
  });

  it("keeps the vowel signs of Hindi and Thai", () => {
    expect(fold("हिन्दी")).toBe("हिन्दी".normalize("NFKD"));
    expect(fold("ที่")).not.toBe(fold("ท"));
  });

  it("needs no blanks where a script has none, and no marks that people leave out", () => {
    expect(wordsOf("北京天气")).toEqual(["北京", "天气"]);
    expect(fold("أَحْمَد")).toBe(fold("احمد"));
    expect(fold("שָׁלוֹם")).toBe("שלום");
    const named = small();
    named.groups[2].name = "询问北京的天气";
    expect(search(named, "北京天气", shown)[0]).toMatchObject({ kind: "group", group: 2, where: "name" });
    expect(search(named, "北京旅游", shown)).toEqual([]);
  });

  it("finds values by the name that is shown", () => {
    expect(search(view, "russ", shown)).toMatchObject([{ kind: "value", column: "language", place: 1 }]);
  });

  it("wants every word, and finds nothing in nothing", () => {
    expect(search(view, "bread zebra", shown)).toEqual([]);
    expect(search(view, "  ", shown)).toEqual([]);
  });
});

describe("words", () => {
  it("fill in what is named in both languages", () => {
    const holes = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
    for (const word of Object.keys(en) as (keyof typeof en)[]) expect(holes(ru[word]), word).toEqual(holes(en[word]));
  });

  it("have the plural of the language", () => {
    tongue.value = "ru";
    expect([1, 3, 5, 21].map((n) => t("groups", { n }))).toEqual(["1 группа", "3 группы", "5 групп", "21 группа"]);
    tongue.value = "en";
    expect([1, 1200].map((n) => t("groups", { n }))).toEqual(["1 group", "1,200 groups"]);
  });

  it("say shares and differences as a reader expects", () => {
    expect([0, 0.0004, 0.034, 0.256].map(percent)).toEqual(["0 %", "<0.1 %", "3.4 %", "26 %"]);
    expect([0.123, -0.0461, 0.0001].map(points)).toEqual(["+12", "−4.6", "0.0"]);
  });
});
