/** Names in scripts that go from the right, and words of the page that are longer in Russian. */

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { hasChromium, launch, open, type Opened } from "./browser";

const by = (name: string) => `[data-test="${name}"]`;
const ARABIC = /[\u0600-\u06ff]/;

/** Where the first and the last letter of an element's own text lie, and the element's box. */
const letters = (element: Element) => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const text = walker.nextNode() as Text;
  const box = (from: number) => {
    const range = document.createRange();
    range.setStart(text, from);
    range.setEnd(text, from + 1);
    return range.getBoundingClientRect();
  };
  const own = element.getBoundingClientRect();
  return { first: box(0), last: box(text.data.trimEnd().length - 1), left: own.left, right: own.right, text: text.data };
};

describe.skipIf(!hasChromium)("other scripts", () => {
  let browser: Browser;
  let opened: Opened;
  let page: Page;

  beforeAll(async () => {
    browser = await launch();
    opened = await open(browser, pathToFileURL(join(inject("atlases"), "tongues.html")).href, { offline: true, locale: "ru-RU" });
    page = opened.page;
  });
  afterAll(async () => {
    expect(opened.errors).toEqual([]);
    await browser?.close();
  });

  it("go from the right in the tree, and stay inside their cell", async () => {
    const all = page.getByText("Раскрыть всё");
    if (await all.count()) await all.click();
    await page.locator("[aria-level='2']").first().waitFor();
    const names = await page.locator(".tree-row .name").all();
    const found = [];
    for (const name of names) {
      const place = await name.evaluate(letters);
      if (!ARABIC.test(place.text[0])) continue;
      found.push(place);
      expect(place.first.right, place.text).toBeLessThanOrEqual(place.right + 1);
      expect(place.first.right, place.text).toBeGreaterThan(place.right - 3);
      expect(place.last.left).toBeGreaterThanOrEqual(place.left - 1);
    }
    expect(found.length).toBeGreaterThan(0);
    const russian = await Promise.all(names.map((name) => name.evaluate(letters)));
    expect(russian.some((place) => /[а-яё]/i.test(place.text) && Math.abs(place.first.left - place.left) < 2)).toBe(true);
  });

  it("go from the right on the map, in the heading of a group and in its description", async () => {
    const row = page.locator(".tree-row", { hasText: ARABIC }).first();
    await row.click();
    for (const place of [".details h2", ".details .description"]) {
      const { first, last, text } = await page.locator(place).evaluate(letters);
      if (first.top === last.top) expect(first.left, text).toBeGreaterThan(last.left);
    }
    const title = page.locator(".title", { hasText: ARABIC }).first();
    if (await title.count()) {
      const { first, last, text } = await title.evaluate(letters); // of its first line
      expect(first.left, text).toBeGreaterThan(last.left);
    }
  });

  it.each([1280, 900])("leave the sort menu whole in Russian, %i px wide", async (width) => {
    await page.setViewportSize({ width, height: 720 });
    const select = page.locator(by("sort"));
    for (const value of ["size", "share"]) {
      await select.selectOption(value);
      const { own, needed } = await select.evaluate((element: HTMLSelectElement) => {
        const style = getComputedStyle(element);
        const pen = document.createElement("canvas").getContext("2d")!;
        pen.font = style.font;
        const text = element.selectedOptions[0].textContent!;
        const around = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
        return { own: element.getBoundingClientRect().width, needed: pen.measureText(text).width + around };
      });
      expect(own, value).toBeGreaterThanOrEqual(needed);
      const [menu, pane] = await Promise.all([select.boundingBox(), page.locator(".tree-pane").boundingBox()]);
      expect(menu!.x + menu!.width).toBeLessThanOrEqual(pane!.x + pane!.width);
    }
  });
});
