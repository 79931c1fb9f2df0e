/** The served page reads a head first, and each array when something is counted from it. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { hasChromium, launch, open, type Opened } from "./browser";
import { serve, type Served } from "./served";

const by = (name: string) => `[data-test="${name}"]`;
const figures = (page: Page) => page.locator(by("figures")).innerText();

/** The names of the arrays that a page asked for, in order. */
const arrays = (requests: string[]) => requests.flatMap((one) => /\/array\/(\w+)\./.exec(one)?.[1] ?? []);

describe.skipIf(!hasChromium)("a served atlas", () => {
  let browser: Browser;
  let served: Served;
  let opened: Opened | null = null;

  beforeAll(async () => {
    browser = await launch();
    served = await serve(join(inject("atlases"), "full"));
  });
  afterAll(async () => {
    await browser?.close();
    served?.stop();
  });
  afterEach(async () => {
    const before = opened;
    opened = null;
    if (!before) return;
    await before.page.context().close();
    expect(before.errors, "errors on the page").toEqual([]);
  });

  async function go(hash = ""): Promise<Page> {
    opened = await open(browser, served.address + hash);
    return opened.page;
  }

  /** Presses without a pointer: one that comes to lie over a row shows a tooltip, which reads more sentences. */
  async function byKeys(page: Page, what: string): Promise<void> {
    await page.locator(what).first().focus();
    await page.keyboard.press("Enter");
  }

  const asked = () => arrays(opened!.requests);
  /** The last of what any click needs is here. */
  const settled = (page: Page) => page.waitForFunction(() => performance.getEntriesByType("resource").filter((one) => /array\/(count|day|user)\./.test(one.name) && (one as PerformanceResourceTiming).responseEnd).length === 3);

  it("is opened with the places and the groups, and no facet", async () => {
    const page = await go();
    await settled(page);
    expect(asked().slice(0, 3).sort()).toEqual(["group", "x", "y"]);
    expect(asked().sort()).toEqual(["count", "day", "group", "user", "x", "y"]);
    expect(await figures(page)).toContain("240 conversations");
    expect(await page.locator("[data-facet=language] tbody tr").count()).toBeGreaterThan(0);
    expect(await page.locator(`${by("timeline")} rect.all`).count()).toBeGreaterThan(10);
  });

  it("reads a facet when something is counted by it, each array once", async () => {
    const page = await go();
    await settled(page);
    const before = await page.locator("[data-facet=length] tbody tr").count();
    await byKeys(page, "[data-facet=length] button.value");
    await page.waitForSelector(by("passed"));
    await page.waitForFunction((n) => document.querySelectorAll("[data-facet=length] tbody tr").length === n, before);
    await page.waitForFunction(() => !document.querySelector('[data-test="reading"]'));
    const facets = asked().filter((one) => one.startsWith("facet"));
    expect(facets.length).toBeGreaterThan(3);
    await page.locator("[role=treeitem]").nth(1).focus();
    await page.keyboard.press("Enter");
    await page.locator(by("colour")).selectOption("language");
    await page.waitForTimeout(300);
    expect(new Set(asked()).size).toBe(asked().length);
    expect(asked().filter((one) => /^(numbers|text)/.test(one))).toEqual(["text0"]); // the sentences of the examples
    await page.locator(by("explain")).click();
    await page.locator(by("metric")).selectOption("cost");
    await page.waitForSelector(`${by("metric-value")} >> text=Mean`, { state: "attached" });
    expect(asked().filter((one) => one.startsWith("numbers"))).toHaveLength(1);
    expect(asked().filter((one) => one.startsWith("facet"))).toHaveLength(facets.length);
  });

  it("is counted as the exported page counts it", async () => {
    const page = await go("#is.language=en&colour=length");
    const told = async (one: Page) => [await figures(one), await one.locator(by("passed")).innerText(), await one.locator("[role=treeitem]").allInnerTexts(), await one.locator(".facet").allInnerTexts()];
    await page.waitForFunction(() => !document.querySelector('[data-test="reading"]'));
    const served = await told(page);
    const other = await open(browser, `file://${join(inject("atlases"), "full.html")}#is.language=en&colour=length`, { offline: true });
    expect(served).toEqual(await told(other.page));
    await other.page.context().close();
  });

  it("shows sentences of examples and in an open list, and reads none before", async () => {
    const page = await go();
    await settled(page);
    expect(asked().some((one) => one.startsWith("text"))).toBe(false);
    await byKeys(page, "[data-facet=language] button.value");
    await page.waitForFunction(() => (document.querySelector(".example span")?.textContent ?? "").length > 5);
    await byKeys(page, `${by("list")} summary`);
    await page.waitForFunction(() => (document.querySelector("td.said")?.textContent ?? "").length > 5);
    expect(asked().filter((one) => one.startsWith("text"))).toEqual(["text0"]);
  });

  it("gives no array without the token, parts of it with a range, and nothing new to who has it", async () => {
    await go();
    const token = new URL(served.address).searchParams.get("token")!;
    const address = opened!.requests.find((one) => /array\/group/.test(one))!;
    for (const headers of [{}, { "X-Clioscope-Token": "wrong" }, { Range: "bytes=0-3" }]) {
      expect((await fetch(address, { headers: headers as Record<string, string> })).status).toBe(403);
    }
    const mine = { "X-Clioscope-Token": token };
    const whole = new Uint8Array(await (await fetch(address, { headers: mine })).arrayBuffer());
    const part = await fetch(address, { headers: { ...mine, Range: "bytes=3-9" } });
    expect([part.status, part.headers.get("Content-Range")]).toEqual([206, `bytes 3-9/${whole.length}`]);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(whole.slice(3, 10));
    const tag = part.headers.get("ETag")!;
    expect((await fetch(address, { headers: { ...mine, "If-None-Match": tag } })).status).toBe(304);
  });

  it("says that the server does not answer when it cannot read what a click needs", async () => {
    const mine = await serve(join(inject("atlases"), "full"));
    opened = await open(browser, mine.address);
    const { page, errors } = opened;
    await settled(page);
    mine.stop();
    await page.waitForTimeout(1500);
    const before = await figures(page);
    await page.locator("[data-facet=language] button.value").first().click();
    await page.waitForFunction(() => /does not answer/.test(document.querySelector("[role=status]")?.textContent ?? ""));
    expect(await figures(page)).toBe(before);
    expect(errors.every((one) => /ERR_CONNECTION/.test(one))).toBe(true);
    errors.length = 0;
  });
});

describe.skipIf(!hasChromium)("an atlas of 300,000 conversations", () => {
  let browser: Browser;
  let served: Served;

  beforeAll(async () => {
    const folder = join(inject("atlases"), "large");
    if (!existsSync(folder)) {
      const made = spawnSync(process.env.PYTHON ?? "python3", [resolve("../benchmarks/explorer_atlas.py"), "300000", folder], { encoding: "utf8" });
      if (made.status !== 0) throw new Error(made.stderr);
    }
    browser = await launch();
    served = await serve(folder);
  });
  afterAll(async () => {
    await browser?.close();
    served?.stop();
  });

  it("is counted in full, drawn in part, and says so", async () => {
    const { page, requests, errors } = await open(browser, served.address);
    const note = () => page.locator(by("some-drawn")).innerText();
    expect(await note()).toMatch(/^(100,0|99,9)\d\d of 300,000 points drawn, picked evenly$/);
    await page.locator("[data-facet=language] button.value").first().click();
    await page.waitForSelector(by("passed"));
    const drawn = await page.locator("[data-drawn]").getAttribute("data-drawn");
    expect(Number((await page.locator(by("passed")).innerText()).replace(/\D/g, ""))).toBeGreaterThan(150_000);
    await page.locator("[role=treeitem]").nth(1).click();
    await page.waitForFunction((n) => document.querySelector("[data-drawn]")!.getAttribute("data-drawn") !== n, drawn);
    expect(await note()).toMatch(/ of [\d,]+ points drawn, the selected ones first$/);
    await page.goto(`${served.address}#at=0,0,40`);
    await page.reload();
    await page.waitForSelector("[data-drawn]");
    expect(await page.locator(by("some-drawn")).count()).toBe(0);
    const texts = arrays(requests).filter((one) => /^(numbers|text)/.test(one));
    expect(texts).toContain("text0");
    // A part for each example, and one of each facet for a point that comes to lie under the pointer.
    for (const name of ["text0", "text1"]) expect(texts.filter((one) => one === name).length).toBeLessThanOrEqual(8);
    expect(texts.filter((one) => !/^text[01](ends)?$/.test(one))).toEqual([]);
    await page.goto(`${served.address}#is.language=en`);
    await page.reload();
    await page.locator(`${by("list")} summary`).click();
    await page.waitForFunction(() => /something about/.test(document.querySelector("td.said")?.textContent ?? ""));
    expect(errors).toEqual([]);
  });
});
