/** Numbers that stand twice on the page are the same, shares make up the whole, and what is withheld is told. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { inflate } from "../src/data/container";
import { readView, type View } from "../src/data/view";
import { hasChromium, launch, open, type Opened } from "./browser";

const by = (name: string) => `[data-test="${name}"]`;

/** What e2e/atlases.py writes of the published atlas of which few were asked: what `show` prints, and some of its tables. */
interface Printed {
  whole: string;
  groups: Record<string, string>;
  cells: { group: string; facet: string; value: string | null; count: number }[];
}

describe.skipIf(!hasChromium)("the numbers of the page", () => {
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

  async function go(name: string, hash = ""): Promise<Page> {
    opened = await open(browser, pathToFileURL(join(inject("atlases"), `${name}.html`)).href + hash, { offline: true });
    return opened.page;
  }
  async function viewOf(name: string): Promise<View> {
    const text = readFileSync(join(inject("atlases"), `${name}.html`), "utf8");
    return readView(await inflate(/id="view">([^<]+)</.exec(text)![1]));
  }
  /** The count and the share of a row of the tree, as written. */
  async function figure(row: Locator): Promise<{ count: string; share: string }> {
    return row.locator(".figure").evaluate((one) => ({ count: one.firstChild!.textContent!, share: one.querySelector("small")!.textContent! }));
  }
  const expandAll = async (page: Page) => {
    if (await page.getByText("Expand all").count()) await page.getByText("Expand all").click();
  };
  const percent = (text: string) => parseFloat(text.replace("<", ""));

  it("are the same in the tree and in the panel, also under a filter, and say of what they are shares", async () => {
    const page = await go("full");
    for (const filtered of [false, true]) {
      if (filtered) {
        await page.locator(".details .close").click();
        await page.locator(by("from")).fill("2026-03-10");
        await page.locator(by("from")).blur();
        await page.waitForSelector(by("chips"));
      }
      const matching = filtered ? (await page.locator(by("passed")).innerText()).match(/\d+/)![0] : "240";
      expect(await page.locator(by("tree-of")).innerText()).toContain(matching);
      for (const place of [0, 1, 2]) {
        const row = page.locator("[aria-level='1']").nth(place);
        await row.locator(".name").click();
        const { count, share } = await figure(row);
        const told = await page.locator(by("figures")).innerText();
        expect(told).toMatch(new RegExp(`^${count} conversations?`));
        expect(await page.locator(by("share")).innerText()).toBe(`${share} of ${filtered ? `the ${matching} that match the filters` : "all 240"}`);
        expect(await page.locator(by("shares-of")).innerText()).toContain(` ${count} `);
        for (const link of await page.locator(".group-link .note").all()) {
          const group = await link.evaluate((one) => one.closest("button")!.querySelector(".name")!.textContent);
          const same = page.locator("[role=treeitem]").filter({ has: page.locator(".name", { hasText: group! }) });
          if ((await same.count()) === 1) expect((await figure(same)).count).toBe(await link.innerText());
        }
      }
    }
    const shares = await page.locator("[aria-level='1'] .figure small").allInnerTexts();
    expect(shares.reduce((sum, one) => sum + percent(one), 0)).toBeGreaterThan(97);
    await page.locator(by("sort")).selectOption("share");
    const selected = page.locator("[role=treeitem][aria-selected=true]");
    expect(await page.locator(by("share-of-group")).innerText()).toMatch(new RegExp(`^${(await figure(selected)).share} `));
    expect(await page.locator(by("tree-of")).innerText()).toContain("the group's own conversations");
  });

  it("are shares from 0 to 100 %, whose bars are as long as they say, and make up the whole", async () => {
    for (const name of ["full", "few", "thin"]) {
      const page = await go(name);
      for (const group of [null, 0]) {
        if (group !== null) await page.locator("[aria-level='1']").nth(group).locator(".name").click();
        const facets = await page.locator("[data-facet]").evaluateAll((all) =>
          all.map((facet) => ({
            told: facet.getAttribute("data-facet"),
            rows: [...facet.querySelectorAll("tbody tr")].map((row) => ({
              text: row.querySelector(".share .number")!.textContent!,
              bar: row.querySelector(".fill")!.getBoundingClientRect().width / row.querySelector(".track")!.getBoundingClientRect().width,
            })),
          })),
        );
        for (const { told, rows } of facets) {
          const shown = rows.filter(({ text }) => /\d/.test(text));
          for (const { text, bar } of shown) expect(Math.abs(100 * bar - percent(text)), `${name} ${told} ${text}`).toBeLessThan(1.2);
          const sum = shown.reduce((total, { text }) => total + percent(text), 0);
          expect(Math.abs(sum - 100), `${name} ${told} ${group}`).toBeLessThanOrEqual(rows.length);
        }
      }
      await page.context().close();
    }
  });

  it("explain their marks, and the marks look like those of the charts", async () => {
    const page = await go("full");
    const marks = page.locator(`.details ${by("marks")}`);
    expect(await marks.innerText()).toContain("95 % interval");
    await page.locator("[aria-level='1']").nth(1).locator(".name").click();
    const text = await marks.innerText();
    for (const word of ["share in the rest", "more than the rest", "less than the rest", "within chance", "scale ±"]) expect(text).toContain(word);
    const paint = (selector: string) => page.locator(selector).first().evaluate((one) => getComputedStyle(one).backgroundColor);
    for (const side of ["over", "under"]) {
      if (!(await page.locator(`.facet tr.${side}`).count())) continue;
      expect(await paint(`.facet tr.${side} .fill`)).toBe(await paint(`.marks .mark.${side}`));
    }
    expect(await page.locator(".marks").first().isVisible()).toBe(true);
  });

  it("grow and shrink over time only, and colour what is counted as significant", async () => {
    const page = await go("full");
    await page.locator(by("compare")).click();
    const pane = page.locator(by("compare-pane"));
    expect(await pane.innerText()).toMatch(/grew[\s\S]*shrank/);
    for (const level of ["1", "0"]) {
      await page.locator(by("level")).selectOption(level);
      const counted = Number((await page.locator(by("significant")).innerText()).match(/^\d+/)![0]);
      expect(await pane.locator("tr.grew, tr.shrank").count()).toBe(counted);
      await page.locator(by("sort")).selectOption("change");
      await expandAll(page);
      for (const row of await pane.locator("tbody tr").all()) {
        const group = await row.getAttribute("data-group");
        const figure = page.locator(`[role=treeitem][data-group="${group}"] .figure`);
        expect(await figure.innerText()).toBe(await row.locator(".number").innerText());
        const coloured = /up|down/.test((await figure.getAttribute("class"))!);
        expect(coloured).toBe(/grew|shrank/.test((await row.getAttribute("class"))!));
      }
    }
    await page.locator(by("compare-by")).selectOption("plan");
    expect(await pane.innerText()).toMatch(/more in “free”/);
    expect(await pane.innerText()).not.toMatch(/grew|shrank|changed/);
    expect(await page.locator(by("legend")).innerText()).not.toMatch(/grew|shrank/);
    expect(await page.locator(by("sort")).locator("option[value=change]").innerText()).toBe("difference");
  });

  it("of a published atlas are those that the command prints, with what is withheld", async () => {
    const printed = JSON.parse(readFileSync(join(inject("atlases"), "thin.json"), "utf8")) as Printed;
    const view = await viewOf("thin");
    const page = await go("thin");
    await expandAll(page);
    const lines = [...printed.whole.matchAll(/ {2}([\d,]+) · (<?\d+) % .*?(g[0-9a-f]{12})$/gm)];
    expect(lines.length).toBe(view.groups.length);
    for (const [, count, share, id] of lines) {
      const found = await figure(page.locator(`[role=treeitem][data-group="${view.groups.find((one) => one.id === id)!.index}"]`));
      expect([found.count, Math.round(percent(found.share))], id).toEqual([count, Math.round(percent(share))]);
    }
    const more = [...printed.whole.matchAll(/withheld or other {2}([\d,]+) ·/g)].map((one) => one[1]);
    expect(more.length).toBeGreaterThan(0);
    const told = await page.locator(`.tree ${by("more")}:not([data-group=""])`).allInnerTexts();
    expect(told).toEqual(more.map((n) => `${n} more in groups too small to show or withheld`));
    const parent = view.groups.find((one) => one.withheld)!;
    await page.locator(`[role=treeitem][data-group="${parent.index}"] .name`).click();
    expect(await page.locator(by("more-inside")).innerText()).toBe(`${parent.withheld} more in groups too small to show or withheld`);
    for (const [id, text] of Object.entries(printed.groups)) {
      const group = view.groups.find((one) => one.id === id)!;
      const row = page.locator(`[role=treeitem][data-group="${group.index}"]`);
      if ((await row.getAttribute("aria-selected")) !== "true") await row.locator(".name").click();
      for (const facet of ["length", "concern"]) {
        const line = new RegExp(`^${facet}: (.*)$`, "m").exec(text)?.[1] ?? "";
        const shown = page.locator(`[data-facet=${facet}]`);
        const withheld = shown.locator("tr.other").filter({ hasText: "withheld or other" });
        for (const [, value, share] of line.matchAll(/([\w ]+?) (<?\d+) %/g)) {
          const name = value.trim();
          const row = name === "withheld or other" ? withheld : shown.locator("tbody tr").filter({ has: page.locator(`button[title="${name}"]`) });
          if (name === "withheld or other" && (await shown.locator("tbody tr:not(.other)").count()) > 3) continue; // the line gathers more
          expect(Math.abs(percent(await row.locator(".share .number").innerText()) - percent(share)), `${id} ${facet} ${value}`).toBeLessThanOrEqual(1);
        }
      }
      const cells = printed.cells.filter((one) => one.group === id && one.facet === "length");
      for (const { value, count } of cells) {
        const place = view.columns.find((one) => one.name === "length")!.values.indexOf(value);
        const row = page.locator(`[data-facet=length] tr[data-place="${place}"]`);
        expect(Math.abs(percent(await row.locator(".share .number").innerText()) - (100 * count) / group.count)).toBeLessThanOrEqual(0.5);
      }
    }
  });

  it("of a published atlas agree under a filter too", async () => {
    const page = await go("thin");
    const button = page.locator("[data-facet=length] button.value").first();
    await button.click();
    await page.waitForSelector(by("chips"));
    const matching = (await page.locator(by("passed")).innerText()).match(/\d+/)![0];
    const row = page.locator("[aria-level='1']").first();
    await row.locator(".name").click();
    const { count, share } = await figure(row);
    expect(await page.locator(by("figures")).innerText()).toMatch(new RegExp(`^${count} conversations`));
    expect(await page.locator(by("share")).innerText()).toBe(`${share} of the ${matching} that match the filters`);
    expect(await page.locator(by("shares-of")).innerText()).toContain("The filter is left aside");
  });

  it("say the same in Russian", async () => {
    const page = await go("thin");
    await page.locator(by("language")).click();
    await page.locator(".pane-head .plain").click();
    expect(await page.locator(`.tree ${by("more")}`).first().innerText()).toMatch(/^ещё \d+ — в группах, которые слишком малы или скрыты$/);
    expect(await page.locator(by("shares-of")).innerText()).toMatch(/^Доли — от всех разговоров \(\d+\)\.$/);
    expect(await page.locator(`.details ${by("marks")}`).innerText()).toContain("от 0 до 100 %");
    expect(await page.locator("[data-facet=length]").innerText()).toContain("скрыто или прочее");
  });
});
