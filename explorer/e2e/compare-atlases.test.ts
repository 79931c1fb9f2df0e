/** Two atlases beside each other in the page: what it shows, where it stands, and in both languages. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launch, open, serve, type Opened, type Served } from "./browser";

const by = (name: string) => `[data-test="${name}"]`;

describe.skipIf(!hasChromium)("two atlases", () => {
  let browser: Browser;
  let folder: string;
  let served: Served;
  let opened: Opened | null = null;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "clioscope-months-"));
    const made = spawnSync(process.env.PYTHON ?? "python3", [resolve("e2e/months.py"), folder], {
      encoding: "utf8",
      env: { ...process.env, PYTHONPATH: [resolve("../tests"), process.env.PYTHONPATH].filter(Boolean).join(delimiter) },
    });
    if (made.status !== 0) throw new Error(made.stderr || String(made.error));
    served = await serve(join(folder, "april"), "--compare", join(folder, "march"));
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    served?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    const before = opened;
    opened = null;
    await before?.page.context().close();
    expect(before?.errors ?? []).toEqual([]);
  });

  async function go(options: Parameters<typeof open>[2] = {}, address = served.address): Promise<Page> {
    opened = await open(browser, address, options);
    await opened.page.locator(by("beside")).click();
    await opened.page.waitForSelector(by("beside-groups"), { timeout: 120_000 });
    return opened.page;
  }

  const kinds = (page: Page) => page.locator(`${by("beside-groups")} tbody tr`).evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.kind!));

  /** Nothing of a table stands outside the pane, and no text of a cell runs into the next cell. */
  async function fits(page: Page, table: Locator) {
    const pane = (await page.locator(by("beside-pane")).boundingBox())!;
    for (const cell of await table.locator("tbody tr > *").all()) {
      const box = (await cell.boundingBox())!;
      expect(box.x).toBeGreaterThanOrEqual(pane.x - 1);
      expect(box.x + box.width).toBeLessThanOrEqual(pane.x + pane.width + 1);
      for (const inner of await cell.locator(":scope > small, :scope > button, :scope > .lone").all()) {
        const own = (await inner.boundingBox())!;
        expect(own.x).toBeGreaterThanOrEqual(box.x - 1);
        expect(own.x + own.width).toBeLessThanOrEqual(box.x + box.width + 1);
      }
    }
  }

  it("tells what is new, gone, grew and shrank, with both shares and their intervals", async () => {
    const page = await go();
    expect((await kinds(page)).sort()).toEqual(["gone", "grew", "new", "shrank"]);
    const grew = page.locator(`${by("beside-groups")} tr[data-kind=grew]`);
    const shares = await grew.locator("td[data-share]").evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset.share)));
    expect(shares[0]).toBeCloseTo(1 / 7, 3);
    expect(shares[1]).toBeCloseTo(2 / 7, 3);
    expect(await grew.locator("td[data-share]").first().innerText()).toMatch(/^14 %\s+\d+–\d+$/);
    expect(await grew.locator(".number").innerText()).toBe("+14");
    const gone = page.locator(`${by("beside-groups")} tr[data-kind=gone]`);
    expect(await gone.locator("td").nth(1).innerText()).toBe("–");
    expect(await gone.locator("button").count()).toBe(0);
    await fits(page, page.locator(by("beside-groups")));
  });

  it("goes from a row to its group on the map and in the tree", async () => {
    const page = await go();
    const row = page.locator(`${by("beside-groups")} tr[data-kind=new]`);
    await row.locator("button.value").click();
    await page.waitForSelector("[role=treeitem][aria-selected=true]");
    expect(await row.getAttribute("aria-selected")).toBe("true");
    const group = await row.getAttribute("data-group");
    await page.waitForFunction((id) => location.hash.includes(`group=${id}`), group);
    await page.locator(by("beside-pane")).locator("button.close").click();
    await page.waitForSelector(by("details"));
  });

  it("shows the base groups and the steady ones on request", async () => {
    const page = await go();
    await page.locator(by("beside-steady")).check();
    await page.waitForFunction((rows) => [...document.querySelectorAll(rows)].some((one) => (one as HTMLElement).dataset.kind === "steady"), `${by("beside-groups")} tbody tr`);
    const tops = (await kinds(page)).length;
    await page.locator(by("beside-level")).selectOption("0");
    await page.waitForFunction(([rows, before]) => document.querySelectorAll(rows as string).length > (before as number), [`${by("beside-groups")} tbody tr`, tops] as const);
    const all = await kinds(page);
    await page.waitForFunction(() => location.hash.includes("earlier=all&earlier-level=0"));
    await page.reload(); // the address says what is compared
    await page.waitForSelector(by("beside-groups"));
    expect(await kinds(page)).toEqual(all);
    await page.goBack();
    await page.waitForSelector(by("beside-pane"), { state: "detached" });
    await page.goForward();
    await page.waitForSelector(by("beside-groups"));
    await fits(page, page.locator(by("beside-groups")));
  });

  it("takes the place of the other comparison, and gives it back", async () => {
    const page = await go();
    await page.locator(by("compare")).click();
    await page.waitForSelector(by("compare-pane"));
    expect(await page.locator(by("beside-pane")).count()).toBe(0);
    await page.locator(by("beside")).click();
    await page.waitForSelector(by("beside-groups"));
    expect(await page.locator(by("compare-pane")).count()).toBe(0);
  });

  it("fits a narrow page, where it lies over the map", async () => {
    const page = await go({ viewport: { width: 640, height: 800 } });
    const pane = (await page.locator(by("beside-pane")).boundingBox())!;
    expect(pane.x).toBeGreaterThanOrEqual(0);
    expect(pane.x + pane.width).toBeLessThanOrEqual(640 + 1);
    await fits(page, page.locator(by("beside-groups")));
  });

  it("speaks Russian, notes too", async () => {
    const page = await go({ locale: "ru-RU" });
    const pane = page.locator(by("beside-pane"));
    expect(await pane.innerText()).toMatch(/Было\s+march/);
    expect(await page.locator(`${by("beside-groups")} tr[data-kind=grew] .kind`).innerText()).toBe("выросла");
    const notes = await page.locator(by("beside-notes")).innerText();
    expect(notes).toContain("Группы сопоставлены по векторам".replace("Группы", "группы"));
    expect(notes).not.toMatch(/[A-Za-z]{6,}/);
    await fits(page, page.locator(by("beside-groups")));
  });

  it("does not call gone what a published atlas does not show", async () => {
    const other = await serve(join(folder, "april"), "--compare", join(folder, "public"));
    try {
      const page = await go({}, other.address);
      await page.locator(by("beside-level")).selectOption("0");
      const found = new Set(await kinds(page));
      expect(found.has("new")).toBe(false);
      expect(found.has("not shown before")).toBe(true);
      expect(await page.locator(by("beside-notes")).innerText()).toContain("too small");
    } finally {
      other.stop();
    }
  });

  it("is not there without an earlier atlas", async () => {
    const alone = await serve(join(folder, "april"));
    try {
      opened = await open(browser, alone.address);
      expect(await opened.page.locator(by("beside")).count()).toBe(0);
    } finally {
      alone.stop();
    }
  });
});
