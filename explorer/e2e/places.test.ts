/** Where things are: tooltips, titles, menus and dialogs are in sight, near what they are about, and not covered. */

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { hasChromium, launch, open, pointsOf, serve, styled, type Box, type Opened, type Served } from "./browser";

const by = (name: string) => `[data-test="${name}"]`;

describe.skipIf(!hasChromium)("on the page", () => {
  let browser: Browser;
  let server: Served;
  let opened: Opened | null = null;

  beforeAll(async () => {
    browser = await launch();
    server = await serve(join(inject("atlases"), "mine"));
  });
  afterAll(async () => {
    await browser?.close();
    server?.stop();
  });
  afterEach(async () => {
    const before = opened;
    opened = null;
    await before?.page.context().close();
    expect(before?.errors ?? [], "errors on the page").toEqual([]);
  });

  async function go(name: string, options: Parameters<typeof open>[2] = {}): Promise<Page> {
    const address = name === "served" ? server.address : pathToFileURL(join(inject("atlases"), `${name}.html`)).href;
    opened = await open(browser, address, { offline: name !== "served", ...options });
    return opened.page;
  }

  const boxOf = async (one: Locator): Promise<Box> => (await one.boundingBox())!;
  const inside = (one: Box, room: Box, what: string) => {
    expect(one.width * one.height, `${what} has a size`).toBeGreaterThan(0);
    expect(one.x, `${what}, left`).toBeGreaterThanOrEqual(room.x - 0.5);
    expect(one.y, `${what}, top`).toBeGreaterThanOrEqual(room.y - 0.5);
    expect(one.x + one.width, `${what}, right`).toBeLessThanOrEqual(room.x + room.width + 0.5);
    expect(one.y + one.height, `${what}, bottom`).toBeLessThanOrEqual(room.y + room.height + 0.5);
  };
  const windowOf = async (page: Page): Promise<Box> => ({ x: 0, y: 0, ...page.viewportSize()! });
  /** Whether what is drawn on top at the corners and in the middle of an element belongs to it. */
  const onTop = (one: Locator): Promise<boolean> =>
    one.evaluate((element) => {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      const x = [left + 3, (left + right) / 2, right - 3];
      const y = [top + 3, (top + bottom) / 2, bottom - 3];
      return x.every((px) => y.every((py) => element.contains(document.elementFromPoint(px, py))));
    });

  it.each(["full", "served", "published"])("a tooltip is near the pointer, inside the map and not covered (%s)", async (name) => {
    for (const [width, height] of [[1280, 720], [1440, 900]]) {
      const page = await go(name, { viewport: { width, height } });
      const map = await boxOf(page.locator(by("map")));
      const points = await pointsOf(page, by("map"));
      const ends = [...points].sort((a, b) => a[1] - b[1]);
      const sides = [...points].sort((a, b) => a[0] - b[0]);
      const tried = [ends[0], ends[ends.length - 1], sides[0], sides[sides.length - 1], points[Math.floor(points.length / 2)]];
      await styled(page, ".tooltip { pointer-events: auto !important }"); // so that the browser says what lies on top
      for (const [x, y] of tried) {
        await page.mouse.move(map.x + 3, map.y + map.height - 3);
        await page.mouse.move(x - 3, y - 3);
        await page.mouse.move(x, y, { steps: 4 });
        const tooltip = page.locator(by("tooltip"));
        await tooltip.waitFor();
        const box = await boxOf(tooltip);
        inside(box, map, `tooltip at ${x}, ${y}`);
        const away = Math.hypot(Math.max(0, box.x - x, x - box.x - box.width), Math.max(0, box.y - y, y - box.y - box.height));
        expect(away, `tooltip at ${x}, ${y}`).toBeLessThan(45);
        expect(x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height, "the tooltip is not over its point").toBe(false);
        expect(await onTop(tooltip), `tooltip at ${x}, ${y}`).toBe(true);
      }
      await page.context().close();
    }
  });

  it("a point that was searched for has its tooltip where it is drawn", async () => {
    const page = await go("served");
    const map = await boxOf(page.locator(by("map")));
    await page.mouse.move(map.x + 30, map.y + 30);
    await page.locator("[role=combobox]").fill("bake a loaf of sourdough bread");
    await page.waitForSelector("#hits >> text=By meaning");
    await page.locator("[role=option]").last().waitFor();
    await page.locator("[role=combobox]").press("ArrowUp");
    await page.locator("[role=combobox]").press("Enter");
    await page.locator(by("tooltip")).waitFor();
    await page.waitForTimeout(900); // the map flies there
    const box = await boxOf(page.locator(by("tooltip")));
    inside(box, map, "tooltip");
    const middle = [map.x + map.width / 2, map.y + map.height / 2];
    expect(Math.abs(box.x + box.width / 2 - middle[0])).toBeLessThan(60);
    expect(Math.min(Math.abs(box.y - middle[1]), Math.abs(box.y + box.height - middle[1]))).toBeLessThan(60);
  });

  it.each(["full", "published", "few", "one", "segments"])("titles are inside the map, and none covers another or a button (%s)", async (name) => {
    for (const [width, height] of [[1280, 720], [1440, 900]]) {
      const page = await go(name, { viewport: { width, height } });
      const map = await boxOf(page.locator(by("map")));
      await page.locator(".title").first().waitFor();
      const titles = await page.locator(".title").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON() as Box));
      const tools = await boxOf(page.locator(".map-tools"));
      titles.forEach((one, place) => {
        inside(one, map, `title ${place}`);
        for (const other of [...titles.slice(place + 1), tools]) {
          const apart = one.x + one.width <= other.x + 1 || other.x + other.width <= one.x + 1 || one.y + one.height <= other.y + 1 || other.y + other.height <= one.y + 1;
          expect(apart, `title ${place} and another`).toBe(true);
        }
      });
      await page.context().close();
    }
  });

  it("the list of hits lies under the search box, over everything else", async () => {
    const page = await go("full");
    await page.locator("[role=combobox]").fill("e");
    const hits = page.locator("#hits");
    await hits.waitFor();
    const [list, field] = [await boxOf(hits), await boxOf(page.locator("[role=combobox]"))];
    inside(list, await windowOf(page), "hits");
    expect(list.y - field.y - field.height).toBeGreaterThanOrEqual(0);
    expect(list.y - field.y - field.height).toBeLessThan(12);
    expect(Math.abs(list.x - field.x)).toBeLessThan(2);
    expect(await onTop(hits)).toBe(true);
  });

  it("the menu of a group is at the pointer or at its button, in the window, over everything else", async () => {
    const page = await go("served");
    await page.getByText("Expand all").click();
    for (const place of [0, -1]) {
      const row = page.locator("[role=treeitem]").nth(place);
      await row.scrollIntoViewIfNeeded();
      const at = await boxOf(row);
      const [x, y] = [at.x + at.width / 2, at.y + 8];
      await page.mouse.click(x, y, { button: "right" });
      const menu = page.locator(by("menu"));
      await menu.waitFor();
      const box = await boxOf(menu);
      inside(box, await windowOf(page), "menu");
      expect(x >= box.x - 2 && x <= box.x + box.width + 2, "the menu is at the pointer").toBe(true);
      expect(y >= box.y - 9 && y <= box.y + box.height + 9, "the menu is at the pointer").toBe(true);
      expect(await onTop(menu)).toBe(true);
      await page.keyboard.press("Escape");
      await menu.waitFor({ state: "detached" });
    }
    await page.locator("[role=treeitem] .name").first().click();
    await page.locator(by("edit-menu")).click();
    const [menu, button] = [await boxOf(page.locator(by("menu"))), await boxOf(page.locator(by("edit-menu")))];
    inside(menu, await windowOf(page), "menu");
    expect(menu.y - button.y - button.height).toBeLessThan(12);
    expect(await onTop(page.locator(by("menu")))).toBe(true);
  });

  it("dialogs and the history are in the window, over everything else", async () => {
    const page = await go("served");
    await page.locator("[role=treeitem] .name").first().click();
    for (const operation of ["opMerge", "opSplit", "opMove", "opNote"]) {
      await page.locator(by("edit-menu")).click();
      await page.locator(`${by("menu")} [data-op=${operation}]`).click();
      const form = page.locator(by("form"));
      await form.waitFor();
      const [box, room] = [await boxOf(form), await windowOf(page)];
      inside(box, room, operation);
      expect(Math.abs(box.x + box.width / 2 - room.width / 2), "the dialog is in the middle").toBeLessThan(3);
      expect(await onTop(form), operation).toBe(true);
      await page.keyboard.press("Escape");
      await form.waitFor({ state: "detached" });
    }
    await page.locator(by("history")).click();
    const history = page.locator(by("history-pane"));
    await history.waitFor();
    inside(await boxOf(history), await windowOf(page), "history");
    expect(await onTop(history)).toBe(true);
  });
});
