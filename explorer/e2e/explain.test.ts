/** The explanation of a change: the page's numbers beside Python's, and the page itself. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { inflate } from "../src/data/container";
import { readView } from "../src/data/view";
import { explain } from "../src/logic/explain";
import { NO_FILTERS, passing } from "../src/logic/filter";
import { hasChromium, launch, open, type Opened } from "./browser";

interface Told {
  metric: string;
  inside: string | null;
  level: number | null;
  known: [number, number];
  records: [number, number];
  change: number;
  low: number;
  high: number;
  groups: { group: string; before: number | null; after: number | null; mix: number; rate: number; part_low: number; part_high: number }[];
}

const told = () => JSON.parse(readFileSync(join(inject("atlases"), "explain.json"), "utf8")) as Told[];
const by = (name: string) => `[data-test="${name}"]`;

describe("the page's explanation of a change", () => {
  it("is Python's", async () => {
    const text = readFileSync(join(inject("atlases"), "full.html"), "utf8");
    const view = readView(await inflate(/id="view">([^<]+)</.exec(text)![1]));
    expect(told()).toHaveLength(12);
    for (const one of told()) {
      const [field, wanted] = one.metric.split("=");
      const column = view.columns.find((found) => found.name === field)!;
      const value = wanted === undefined ? null : column.values.indexOf(wanted);
      const inside = one.inside === null ? null : view.groups.find((group) => group.id === one.inside)!.index;
      const periods = { by: "day" as const, before: [0, 13] as [number, number], after: [14, view.days!.last] as [number, number] };
      const found = explain(view, passing(view, NO_FILTERS), { column: field, value, inside, level: one.level, periods }, 1000)!;
      expect(found.known, one.metric).toEqual(one.known);
      expect(found.change).toBeCloseTo(one.change, 5);
      const reach = Math.max(...one.groups.map((group) => group.part_high - group.part_low), 1e-6);
      for (const part of found.parts) {
        const other = one.groups.find((group) => group.group === view.groups[part.group].id);
        if (!other) {
          expect(part.records).toEqual([0, 0]);
          continue;
        }
        expect(part.mix).toBeCloseTo(other.mix, 5);
        expect(part.rate).toBeCloseTo(other.rate, 5);
        expect(part.mean[0] ?? NaN).toBeCloseTo(other.before ?? NaN, 5);
        // Drawn by chance on both sides: the ends agree as far as a thousand samples settle them.
        expect(Math.abs(part.interval!.low - other.part_low)).toBeLessThan(0.12 * reach);
        expect(Math.abs(part.interval!.high - other.part_high)).toBeLessThan(0.12 * reach);
      }
    }
  });
});

describe.skipIf(!hasChromium)("the pane", () => {
  let browser: Browser;
  let opened: Opened | null = null;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    const before = opened;
    opened = null;
    await before?.page.context().close();
    expect(before?.errors ?? []).toEqual([]);
  });

  async function go(hash = ""): Promise<Page> {
    opened = await open(browser, pathToFileURL(join(inject("atlases"), "full.html")).href + hash, { offline: true });
    return opened.page;
  }

  const numbers = (page: Page, name: string) =>
    page.locator(".parts .difference").evaluateAll((all, key) => all.map((one) => Number((one as HTMLElement).dataset[key])), name);

  it("opens with the first metric, and its parts sum to the change", async () => {
    const page = await go();
    await page.locator(by("explain")).click();
    await page.waitForSelector(by("explain-pane"));
    expect(await page.locator(by("metric")).inputValue()).toBe("error");
    const change = Number(await page.locator("[data-change]").getAttribute("data-change"));
    const [mix, rate] = [await numbers(page, "mix"), await numbers(page, "rate")];
    expect(mix.length).toBeGreaterThan(2);
    expect([...mix, ...rate].reduce((sum, one) => sum + one, 0)).toBeCloseTo(change, 9);
    expect(await page.locator(".timeline .period").count()).toBe(2);
    await page.locator(by("explain")).click();
    await page.waitForSelector(by("details"));
  });

  it("takes periods from the strip of time, and gives Python's change", async () => {
    const page = await go();
    await page.locator(by("explain")).click();
    expect(await page.locator(by("take-before")).isDisabled()).toBe(true);
    for (const [name, from, to] of [["before", "2026-03-01", "2026-03-14"], ["after", "2026-03-15", "2026-03-28"]]) {
      await page.locator(by("to")).fill(to);
      await page.locator(by("from")).fill(from);
      await page.locator(by(`take-${name}`)).click();
      expect(await page.locator(by(`${name}-from`)).inputValue()).toBe(from);
      expect(await page.locator(by(`${name}-to`)).inputValue()).toBe(to);
    }
    await page.locator(by("metric-value")).selectOption({ label: "share of true" });
    const change = Number(await page.locator("[data-change]").getAttribute("data-change"));
    expect(change).toBeCloseTo(told().find((one) => one.metric === "error=true" && one.inside === null && one.level === null)!.change, 9);
    await page.locator(by("metric")).selectOption("cost");
    expect(await page.locator(by("metric-value")).inputValue()).toBe("");
    expect(await page.locator(by("explain-notes")).innerText()).toMatch(/without a value count nowhere/);
  });

  it("selects a group, takes it apart, and comes back by its address", async () => {
    const page = await go();
    await page.locator(by("explain")).click();
    await page.locator(".parts button.value").first().click();
    await page.waitForSelector("[role=treeitem][aria-selected=true]");
    expect(await page.locator(".parts tr[aria-selected=true]").count()).toBe(1);
    await page.locator(by("drill")).first().click();
    await page.waitForSelector(by("explain-crumbs"));
    const inside = await page.locator(by("explain-summary")).innerText();
    await page.waitForFunction(() => location.hash.includes("inside="));
    const hash = new URL(page.url()).hash;
    await page.context().close();
    const again = await go(hash);
    expect(await again.locator(by("explain-summary")).innerText()).toBe(inside);
    await again.locator(`${by("explain-crumbs")} button`).first().click();
    await again.waitForFunction(() => !document.querySelector("[data-test=explain-crumbs]"));
    await again.locator(by("explain-by")).selectOption("plan");
    await again.waitForSelector(by("explain-a"));
  });

  it("goes down to the base groups, and says so in the address", async () => {
    const page = await go();
    await page.locator(by("explain")).click();
    const change = await page.locator("[data-change]").getAttribute("data-change");
    const tops = await page.locator(".parts tbody tr").count();
    const choice = page.locator(by("explain-level"));
    const [box, pane] = [(await choice.boundingBox())!, (await page.locator(by("explain-pane")).boundingBox())!];
    expect(box.x).toBeGreaterThan(pane.x);
    expect(box.x + box.width).toBeLessThanOrEqual(pane.x + pane.width);
    await choice.selectOption("0");
    await page.waitForFunction((before) => document.querySelectorAll(".parts tbody tr").length > before, tops);
    expect(Number(await page.locator("[data-change]").getAttribute("data-change"))).toBeCloseTo(Number(change), 9);
    const [mix, rate] = [await numbers(page, "mix"), await numbers(page, "rate")];
    expect([...mix, ...rate].reduce((sum, one) => sum + one, 0)).toBeCloseTo(Number(change), 9);
    await page.waitForFunction(() => location.hash.includes("explain-level=0"));
    await page.reload();
    await page.waitForSelector(by("explain-pane"));
    expect(await page.locator(by("explain-level")).inputValue()).toBe("0");
  });

  it("speaks Russian", async () => {
    const page = await go();
    await page.locator(by("language")).click();
    await page.locator(by("explain")).click();
    expect(await page.locator(by("explain-pane")).innerText()).toContain("Объяснить изменение");
    expect(await page.locator(by("explain-notes")).innerText()).toContain("авторы выбираются заново");
  });
});
