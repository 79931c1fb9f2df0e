/** An atlas of segments: the page counts and weighs as `clioscope show` does. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { inflate } from "../src/data/container";
import { readView } from "../src/data/view";
import { hasChromium, launch, open, type Opened } from "./browser";

const by = (name: string) => `[data-test="${name}"]`;

describe.skipIf(!hasChromium)("segments", () => {
  let browser: Browser;
  let opened: Opened;
  let page: Page;
  const shown = () => JSON.parse(readFileSync(join(inject("atlases"), "segments.json"), "utf8")) as Record<"whole" | "group" | "inside", string>;

  beforeAll(async () => {
    browser = await launch();
    opened = await open(browser, pathToFileURL(join(inject("atlases"), "segments.html")).href, { offline: true });
    page = opened.page;
  });
  afterAll(async () => {
    expect(opened.errors).toEqual([]);
    await browser?.close();
  });

  /** A share as `show` prints it, in percent; less than one is 0. */
  const percent = (text: string) => (text.startsWith("<") ? 0 : Number(text));
  /** The same as the page writes it, with a decimal where it is small. */
  const rounded = (text: string) => Math.round(parseFloat(text.replace("<", "")));

  it("have the counts and shares of the command", async () => {
    const text = readFileSync(join(inject("atlases"), "segments.html"), "utf8");
    const { groups, segments } = readView(await inflate(/id="view">([^<]+)</.exec(text)![1]));
    expect(await page.locator(".brand p").innerText()).toContain(`121 conversations · ${segments} segments`);
    if (await page.getByText("Expand all").count()) await page.getByText("Expand all").click();
    const printed = [...shown().whole.matchAll(/ {2}([\d,]+) · (<?\d+) % .*?(g[0-9a-f]{12})$/gm)];
    expect(printed.length).toBe(groups.length);
    for (const [, count, share, id] of printed) {
      const figure = page.locator(`[role=treeitem][data-group="${groups.find((one) => one.id === id)!.index}"] .figure`);
      const part = await figure.locator("small").innerText();
      expect((await figure.innerText()).slice(0, -part.length).trim(), id).toBe(count);
      expect(Math.abs(rounded(part) - percent(share)), `${id}: ${part} and ${share} %`).toBe(0);
      expect(await figure.getAttribute("title")).toMatch(/that touch(es)? it\. .*: share of all/);
    }
  });

  it("have the facets of the command, of all and of a group", async () => {
    const { whole, group, inside } = shown();
    const text = readFileSync(join(inject("atlases"), "segments.html"), "utf8");
    const { groups } = readView(await inflate(/id="view">([^<]+)</.exec(text)![1]));
    for (const [printed, index] of [[whole, null], [inside, groups.find((one) => one.id === group)!.index]] as const) {
      if (index !== null) await page.locator(`[role=treeitem][data-group="${index}"]`).click();
      for (const facet of ["concern", "turns"]) {
        const line = new RegExp(`^${facet}: (.*)$`, "m").exec(printed)![1];
        const values = [...line.matchAll(/([\w ]+?) (<?\d+) %/g)];
        expect(values.length).toBeGreaterThan(1);
        for (const [, value, share] of values) {
          if (value.trim() === "other") continue; // of the values that the command leaves out
          const row = page.locator(`[data-facet=${facet}] tbody tr`).filter({ has: page.locator(`button[title="${value.trim()}"]`) });
          const own = await row.locator(".share .number").innerText();
          expect(Math.abs(rounded(own) - percent(share)), `${facet} ${value}: ${own} and ${share} %`).toBe(0);
        }
      }
    }
  });

  it("are told from conversations, where they are seen", async () => {
    const figures = page.locator(by("figures"));
    expect(await figures.innerText()).toMatch(/\d+ conversations that touch it\s+[\d.]+ % of all/);
    expect(await figures.innerText()).toMatch(/\d+ segments/);
    const [note, bars] = [page.locator(".counts-note"), page.locator("[data-facet]").first()];
    expect(await note.isVisible()).toBe(true);
    expect((await note.boundingBox())!.y).toBeLessThan((await bars.boundingBox())!.y);
    await page.locator(".details .close").click();
    expect(await page.locator(by("cut")).innerText()).toContain("these sum to one");
    await page.locator("[data-facet=concern] button.value").first().click();
    expect(await page.locator(by("passed")).innerText()).toMatch(/^\d+ conversations with a segment here$/);
    expect(Number((await page.locator(by("passed")).innerText()).match(/\d+/)![0])).toBeLessThanOrEqual(121);
    await page.locator(by("language")).click();
    expect(await page.locator(by("passed")).innerText()).toContain("с подходящим");
  });
});
