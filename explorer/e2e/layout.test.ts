/** From 640 to 2560 pixels: everything is in reach, panes are resized, and titles leave the points in sight. */

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { hasChromium, launch, open, pointsOf, type Box, type Opened } from "./browser";

const by = (name: string) => `[data-test="${name}"]`;
const SIZES = [[640, 360], [640, 720], [820, 600], [1000, 720], [1280, 720], [1440, 900], [2560, 1300]];

describe.skipIf(!hasChromium)("the layout", () => {
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
    expect(before?.errors ?? [], "errors on the page").toEqual([]);
  });

  async function go(name: string, options: Parameters<typeof open>[2] = {}): Promise<Page> {
    opened = await open(browser, pathToFileURL(join(inject("atlases"), `${name}.html`)).href, { offline: true, ...options });
    return opened.page;
  }
  const boxOf = async (page: Page, selector: string): Promise<Box> => (await page.locator(selector).first().boundingBox())!;

  it.each(SIZES)("has all tools in one bar, and no scroll bar of the page, at %d by %d", async (width, height) => {
    for (const locale of ["en-GB", "ru"]) {
      const page = await go("full", { viewport: { width, height }, locale });
      const over = await page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]);
      expect(over).toEqual([0, 0]);
      const tools = await page.locator(".top button, .top input").evaluateAll((all) =>
        all
          .filter((one) => one.getClientRects().length > 0)
          .map((one) => {
            const { left, top, right, bottom } = one.getBoundingClientRect();
            const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
            return { left, top, right, bottom, free: hit === one || one.contains(hit) };
          }),
      );
      expect(tools.length).toBeGreaterThan(4);
      for (const one of tools) {
        expect(one.free, "nothing covers a tool").toBe(true);
        expect(one.left >= 0 && one.right <= width && one.top >= 0 && one.bottom <= 56, "a tool is in the bar").toBe(true);
      }
      const map = await boxOf(page, by("map"));
      expect(map.width).toBeGreaterThan(Math.min(500, width * 0.45));
      expect(map.height).toBeGreaterThan(height * 0.55);
      await page.context().close();
    }
  });

  it.each([[640, 360], [640, 720], [1000, 720]])("shows panes over the map where there is no room beside it, at %d by %d", async (width, height) => {
    const page = await go("full", { viewport: { width, height } });
    const details = page.locator(by("details"));
    expect(await details.isVisible()).toBe(false);
    if (width < 820) await page.locator(by("tree-sheet")).click();
    await page.locator("[role=treeitem] .name").nth(1).click();
    await details.waitFor();
    const box = await boxOf(page, by("details"));
    expect(box.x + box.width).toBeLessThanOrEqual(width + 0.5);
    expect(box.y + box.height).toBeLessThanOrEqual(height + 0.5);
    expect(box.x).toBeGreaterThan(40);
    const free = (selector: string) =>
      page.locator(selector).first().evaluate((one) => {
        const { left, top, right, bottom } = one.getBoundingClientRect();
        return one.contains(document.elementFromPoint((left + right) / 2, (top + Math.min(bottom, innerHeight)) / 2));
      });
    expect(await free(by("details"))).toBe(true);
    expect(await free(by("close-sheet"))).toBe(true);
    await page.locator(by("close-sheet")).click();
    await details.waitFor({ state: "hidden" });
    await page.locator(by("details-sheet")).focus();
    await page.keyboard.press("Enter");
    await details.waitFor();
    await page.keyboard.press("Escape");
    await details.waitFor({ state: "hidden" });
    if (width < 820) {
      expect(await page.locator(by("theme")).isVisible()).toBe(false);
      await page.locator(by("more-tools")).click();
      await page.locator(by("theme")).click();
      expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
    }
  });

  it("lets panes be resized by mouse and by keys, and keeps their widths", async () => {
    const page = await go("full", { viewport: { width: 1440, height: 900 } });
    const width = async (selector: string) => Math.round((await boxOf(page, selector)).width);
    const before = await width(".tree-pane");
    const edge = await boxOf(page, by("tree-width"));
    await page.mouse.move(edge.x + edge.width / 2, 400);
    await page.mouse.down();
    await page.mouse.move(edge.x + edge.width / 2 + 90, 400, { steps: 5 });
    await page.mouse.up();
    const wide = await width(".tree-pane");
    expect(Math.abs(wide - before - 90)).toBeLessThan(6);
    const details = await width(".details");
    await page.locator(by("details-width")).focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    expect(await width(".details")).toBe(details + 48);
    await page.keyboard.press("End");
    expect((await boxOf(page, by("map"))).width).toBeGreaterThanOrEqual(276);
    await page.keyboard.press("Enter");
    expect(await width(".details")).toBe(details);
    await page.reload();
    await page.waitForSelector("[data-drawn]");
    expect(await width(".tree-pane")).toBe(wide);
    await page.locator(by("tree-width")).dblclick();
    expect(await width(".tree-pane")).toBe(before);
  });

  it.each(["full", "few", "thin"])("titles every top group, and covers no point of a small atlas (%s)", async (name) => {
    for (const [width, height] of [[640, 720], [1280, 720], [2560, 1300]]) {
      const page = await go(name, { viewport: { width, height } });
      await page.locator(".title").first().waitFor();
      const titled = await page.locator(".title.region").evaluateAll((all) => all.map((one) => one.getAttribute("data-group")));
      const tops = await page.locator("[aria-level='1']").evaluateAll((all) => all.map((one) => one.getAttribute("data-group")));
      expect([...titled].sort(), `${width}`).toEqual([...tops].sort());
      const boxes = await page.locator(".title").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON() as Box));
      const points = await pointsOf(page, by("map"));
      expect(points.length).toBeGreaterThan(20);
      const covered = points.filter(([x, y]) => boxes.some((one) => x > one.x + 3 && x < one.x + one.width - 3 && y > one.y + 3 && y < one.y + one.height - 3));
      expect(covered.length / points.length, `${width}: ${covered.length} of ${points.length}`).toBeLessThan(0.005);
      await page.context().close();
    }
  });

  it("colours and sorts by figures of quality, the weakest first", async () => {
    const page = await go("full");
    await page.locator(by("colour")).selectOption("quality:margin");
    expect(await page.locator(by("legend")).innerText()).toMatch(/0\.\d+\s+0\.\d+/);
    await page.locator(by("sort")).selectOption("quality:margin");
    const figures = (await page.locator("[aria-level='1'] .figure").allInnerTexts()).map(Number);
    expect(figures).toEqual([...figures].sort((a, b) => a - b));
    expect(await page.locator(by("tree-of")).innerText()).toContain("the weakest groups first");
    await page.waitForFunction(() => location.hash.includes("sort=quality"));
    await page.reload();
    await page.waitForSelector("[data-drawn]");
    expect(await page.locator(by("sort")).inputValue()).toBe("quality:margin");
  });

  it("cuts no name in the tree and in the charts while there is room", async () => {
    const page = await go("few", { viewport: { width: 1440, height: 900 } });
    await page.getByText("Expand all").click();
    const cut = await page.locator(".tree .name, .facet .value").evaluateAll((all) => all.filter((one) => one.scrollHeight > one.clientHeight + 2 || one.scrollWidth > one.clientWidth + 2).length);
    expect(cut).toBe(0);
  });
});
