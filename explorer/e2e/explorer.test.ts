/** The page in a real browser, on real atlases: exported, with the network off, and served. */

import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { deflateSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { inflate, unpack } from "../src/data/container";
import { readView } from "../src/data/view";
import { pack } from "../tests/fixture";
import { hasChromium, launch, open, styled, type Opened } from "./browser";

if (!hasChromium) console.log("End-to-end tests skipped: there is no Chromium (set CHROMIUM to one).");

const file = (name: string) => pathToFileURL(join(inject("atlases"), `${name}.html`)).href;
const by = (name: string) => `[data-test="${name}"]`;

/** What e2e/atlases.py writes of the atlas of which few were asked: its groups in order, and its table of shares. */
interface SharesFile {
  groups: string[];
  shares: { group: string; facet: string; value: string; share: number; low: number; high: number; exact: boolean }[];
}

describe.skipIf(!hasChromium)("the explorer", () => {
  let browser: Browser;
  let opened: Opened | null = null;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    const before = opened;
    opened = null;
    if (!before) return;
    await before.page.context().close();
    expect(before.errors, "errors on the page").toEqual([]);
  });

  async function go(name: string, options: Parameters<typeof open>[2] = {}, hash = ""): Promise<Page> {
    opened = await open(browser, file(name) + hash, { offline: true, ...options });
    return opened.page;
  }

  const tree = (page: Page) => page.locator("[role=treeitem]");
  const figures = (page: Page) => page.locator(by("figures")).innerText();

  it("opens from disk with the network off, and asks for nothing else", async () => {
    const page = await go("full");
    expect(await page.title()).toBe("full · Clioscope");
    expect(await tree(page).count()).toBe(4);
    expect(await figures(page)).toContain("240 conversations");
    expect(await page.locator(".title.region").count()).toBeGreaterThan(1);
    await page.locator(by("compare")).click();
    await page.locator(by("theme")).click();
    await page.waitForTimeout(300);
    expect(opened!.requests.filter((one) => !/^(file|blob|data):/.test(one))).toEqual([]);
    expect(opened!.requests.filter((one) => one.startsWith("file:"))).toHaveLength(1);
  });

  it("cannot reach out even if it tried", async () => {
    const page = await go("full", { offline: false });
    const tried = await page.evaluate(async () => {
      const image = new Promise((done) => {
        const one = new Image();
        one.onload = () => done("loaded");
        one.onerror = () => done("refused");
        one.src = "http://127.0.0.1:9/pixel.png";
      });
      const fetched = fetch("http://127.0.0.1:9/").then(() => "fetched", () => "refused");
      return [await image, await fetched];
    });
    expect(tried).toEqual(["refused", "refused"]);
    expect(opened!.errors.every((one) => /Content Security Policy/.test(one))).toBe(true);
    opened!.errors.length = 0;
  });

  it("draws points that are there to see", async () => {
    const page = await go("full");
    expect(await colours(page)).toBeGreaterThan(3);
  });

  it("selects in the tree what the map then shows, and back", async () => {
    const page = await go("full");
    await tree(page).nth(2).click();
    const name = await tree(page).nth(2).locator(".name").innerText();
    expect(await page.locator(".details h2").innerText()).toBe(name);
    expect(await page.locator(".title.selected").innerText()).toContain(name.split(" ")[0]);
    await page.waitForFunction(() => location.hash.includes("group="));
    await page.locator(".details .close").click();
    const title = page.locator(".title").first();
    const box = (await title.boundingBox())!;
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    const group = await title.getAttribute("data-group");
    await page.waitForSelector(`[role=treeitem][data-group="${group}"][aria-selected=true]`);
  });

  it("is worked by the keyboard alone", async () => {
    const page = await go("full");
    await tree(page).first().focus();
    await page.keyboard.press("ArrowRight");
    expect(await tree(page).first().getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-level") === "2");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[aria-level='2'][aria-selected=true]");
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-level") === "1");
    await page.keyboard.press("ArrowLeft");
    expect(await tree(page).count()).toBe(4);
    await page.keyboard.press("/");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("combobox");
  });

  it("zooms, and titles the base groups when near", async () => {
    const text = readFileSync(join(inject("atlases"), "full.html"), "utf8");
    const { groups } = readView(await inflate(/id="view">([^<]+)</.exec(text)![1]));
    const base = groups.find((one) => one.level === 0 && one.name !== null)!;
    const page = await go("full", {}, `#at=${base.x},${base.y},3`);
    await page.waitForSelector(`.title.fine[data-group="${base.index}"]`);
    await page.getByLabel("Show the whole map").click();
    await page.waitForFunction(() => document.querySelector(".title.region") && !location.hash.includes("at="));
    await page.getByLabel("Zoom in").click();
    await page.waitForFunction(() => /at=[^&]*1\.7/.test(location.hash));
    await page.mouse.move(600, 300);
    await page.mouse.wheel(0, -200);
    await page.waitForFunction(() => Number(/at=[^&]*%2C([\d.]+)/.exec(location.hash)?.[1]) > 2);
  });

  it("tells what is under the pointer, and selects its group by a click", async () => {
    const page = await go("full");
    const [x, y] = await aPoint(page);
    await page.mouse.move(x - 3, y - 3);
    await page.mouse.move(x, y, { steps: 4 });
    await page.waitForSelector(by("tooltip"));
    expect(await page.locator(by("tooltip")).innerText()).toMatch(/Language/);
    await page.mouse.click(x, y);
    await page.waitForSelector("[role=treeitem][aria-selected=true]");
  });

  it("takes in what a lasso is drawn around", async () => {
    const page = await go("full");
    await page.locator(by("lasso")).click();
    const map = (await page.locator(by("map")).boundingBox())!;
    await page.mouse.move(map.x + 40, map.y + 40);
    await page.mouse.down();
    for (const [x, y] of [[1, 0], [1, 1], [0, 1], [0, 0]]) {
      await page.mouse.move(map.x + 40 + x * (map.width - 120), map.y + 40 + y * (map.height - 80), { steps: 6 });
    }
    await page.mouse.up();
    await page.waitForFunction(() => location.hash.includes("lasso="));
    expect(await page.locator(".details h2").innerText()).toBe("Inside the line");
    const taken = Number((await figures(page)).match(/^[\d,]+/)![0].replace(",", ""));
    expect(taken).toBeGreaterThan(20);
    expect(taken).toBeLessThanOrEqual(240);
    const hash = new URL(page.url()).hash;
    await page.context().close();
    const again = await go("full", {}, hash);
    expect(await figures(again)).toContain(`${taken} conversations`);
  });

  it("colours by a facet, and its legend filters", async () => {
    const page = await go("full");
    await page.locator(by("colour")).selectOption("plan");
    const legend = page.locator(by("legend"));
    await legend.getByText("free").click();
    await page.waitForSelector(by("chips"));
    const passed = await page.locator(by("passed")).innerText();
    const free = Number(passed.match(/\d+/)![0]);
    expect(free).toBeGreaterThan(100);
    expect(free).toBeLessThan(200);
    expect(await sizes(page)).toBe(free);
    await page.waitForFunction(() => location.hash.includes("is.plan=free"));
    await page.reload();
    await page.waitForSelector("[data-drawn]");
    expect(await page.locator(by("passed")).innerText()).toBe(passed);
  });

  it("filters by dates, across tree, charts and counts", async () => {
    const page = await go("full");
    await page.locator(by("from")).fill("2026-03-10");
    await page.locator(by("from")).blur();
    await page.waitForSelector(by("chips"));
    const passed = Number((await page.locator(by("passed")).innerText()).match(/\d+/)![0]);
    expect(passed).toBeLessThan(240);
    expect(await sizes(page)).toBe(passed);
    await page.getByText("Clear all filters").click();
    expect(await sizes(page)).toBe(240);
  });

  it("says how a group differs, with an interval", async () => {
    const page = await go("full");
    await tree(page).nth(2).click();
    const row = page.locator("[data-facet=plan] tbody tr").first();
    expect(await row.locator(".difference").getAttribute("title")).toMatch(/Rest: .*% .*\[[+−]?[\d.]+ … [+−]?[\d.]+\]/);
  });

  it("finds groups and values by words", async () => {
    const page = await go("full");
    await page.locator("[role=combobox]").fill("paid");
    await page.locator("[role=option]").filter({ hasText: "plan" }).click();
    await page.waitForSelector(by("chips"));
    const name = await tree(page).last().locator(".name").innerText();
    await page.locator("[role=combobox]").fill(name);
    await page.keyboard.press("Enter");
    expect(await page.locator(".details h2").innerText()).toBe(name);
    await page.locator("[role=combobox]").fill("zzzz");
    expect(await page.locator("#hits").innerText()).toContain("Nothing found");
  });

  it("compares two halves, by date and by value", async () => {
    const page = await go("full");
    await page.locator(by("compare")).click();
    const pane = page.locator(by("compare-pane"));
    expect(await pane.locator("tbody tr").count()).toBe(4);
    expect(await pane.locator(by("significant")).innerText()).toMatch(/^\d+ of 4 groups changed significantly/);
    expect(await page.locator(by("colour")).inputValue()).toBe("change");
    await page.locator(by("compare-by")).selectOption("plan");
    await page.locator(by("level")).selectOption("0");
    await page.waitForFunction(() => location.hash.includes("compare=plan"));
    const shares = await pane.locator("tbody td:nth-child(2)").allInnerTexts();
    const sum = shares.reduce((total, one) => total + parseFloat(one), 0);
    expect(sum).toBeGreaterThan(97);
    expect(sum).toBeLessThan(103);
  });

  it("shows estimated shares of a group with their intervals, as the table of shares has them", async () => {
    const table: SharesFile = JSON.parse(readFileSync(join(inject("atlases"), "few.json"), "utf8"));
    const page = await go("few");
    const first = tree(page).first();
    const group = table.groups[Number(await first.getAttribute("data-group"))];
    await first.locator(".name").click();
    await page.waitForSelector(".details h2");
    const estimated = table.shares.filter((row) => row.group === group && !row.exact);
    let seen = 0;
    for (const facet of new Set(estimated.map((row) => row.facet))) {
      const block = page.locator(`[data-facet="${facet}"]`);
      expect(await block.locator(by("told")).isVisible(), facet).toBe(true);
      const all = block.locator("button.plain");
      if (await all.count()) await all.click();
      for (const row of await block.locator("tbody tr").all()) {
        const name = await row.locator("th button").getAttribute("title");
        const known = estimated.find((one) => one.facet === facet && one.value.toLowerCase() === name!.toLowerCase());
        if (!known) continue;
        seen += 1;
        const cell = row.locator("td.share");
        const told = /^(\S+) % \((\S+) % – (\S+) %\)/.exec((await cell.getAttribute("title"))!)!.slice(1);
        for (const [at, value] of [known.share, known.low, known.high].entries()) {
          expect(Math.abs(parseFloat(told[at].replace("<", "")) - 100 * value), `${facet} ${name} ${told}`).toBeLessThan(0.51);
        }
        expect(parseFloat((await cell.locator(".number").innerText()).replace("<", ""))).toBeCloseTo(parseFloat(told[0].replace("<", "")));
        const [track, whisker] = [(await cell.locator(".track").boundingBox())!, (await cell.locator(".whisker").boundingBox())!];
        expect(track.width, `${facet} ${name}`).toBeGreaterThan(20);
        expect(whisker.x, `${facet} ${name}`).toBeGreaterThanOrEqual(track.x - 0.5);
        expect(whisker.x + whisker.width, `${facet} ${name}`).toBeLessThanOrEqual(track.x + track.width + 0.5);
        expect(whisker.y).toBeGreaterThanOrEqual(track.y - 0.5);
        expect(whisker.y + whisker.height).toBeLessThanOrEqual(track.y + track.height + 0.5);
        expect(known.high > known.low + 0.02 ? whisker.width : 1, `${facet} ${name}`).toBeGreaterThan(0);
      }
    }
    expect(seen).toBeGreaterThan(5);
  });

  it("is dark and Russian when asked, and stays so", async () => {
    const page = await go("full");
    const light = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.locator(by("theme")).click();
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).not.toBe(light);
    await page.locator(by("language")).click();
    expect(await page.locator(by("compare")).innerText()).toBe("Сравнить");
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("ru");
    await page.reload();
    await page.waitForSelector("[data-drawn]");
    expect(await page.evaluate(() => [document.documentElement.dataset.theme, document.documentElement.lang])).toEqual(["dark", "ru"]);
  });

  it("shows markup in names as text", async () => {
    const page = await go("full");
    await page.getByText("Expand all").click();
    const name = "<img src=x onerror=window.broken=1></script><script>window.broken=2</script>";
    await page.locator("[role=treeitem]").filter({ hasText: "<img" }).first().click();
    expect(await page.locator(".details h2").innerText()).toBe(name);
    await page.locator(by("colour")).selectOption("plan");
    await page.waitForTimeout(200);
    expect(await page.evaluate(() => (window as { broken?: number }).broken)).toBeUndefined();
    expect(await page.locator("#app img").count()).toBe(0);
  });

  it("says that a name is withheld", async () => {
    const page = await go("full");
    await page.getByText("Expand all").click();
    await page.locator(".tree .withheld").first().click();
    expect(await page.locator(".details").innerText()).toContain("withheld by the auditor");
  });

  it("shows a published atlas as bubbles, with its counts and no conversation", async () => {
    const page = await go("published");
    expect(await page.locator(".brand").innerText()).toContain("published: aggregates only");
    expect(await colours(page)).toBeGreaterThan(1);
    await tree(page).first().click();
    expect(await page.locator("[data-facet=language] tbody tr").count()).toBeGreaterThan(0);
    expect(await page.locator(".list, .trace").count()).toBe(0);
    expect(await page.locator(by("timeline")).count()).toBe(0);
    const before = await sizes(page);
    await page.locator("[data-facet=length] button.value").first().click();
    await page.waitForSelector(by("chips"));
    expect(await sizes(page)).toBeLessThanOrEqual(before);
  });

  it("shows an atlas of one group", async () => {
    const page = await go("one");
    expect(await tree(page).count()).toBe(1);
    await tree(page).first().click();
    expect(await figures(page)).toContain("1 conversation");
  });

  it("works without map and dates, and says why there is no map", async () => {
    const page = await go("bare", { map: false });
    expect(await page.locator(by("no-map")).innerText()).toContain("This atlas has no map");
    expect(await page.locator(by("timeline")).count()).toBe(0);
    await tree(page).nth(2).click();
    expect(await page.locator("[data-facet]").count()).toBeGreaterThan(2);
  });

  it("works without WebGL, and says why there is no map", async () => {
    const init = "HTMLCanvasElement.prototype.getContext = new Proxy(HTMLCanvasElement.prototype.getContext, { apply: (f, self, [kind, ...rest]) => /webgl/.test(kind) ? null : f.call(self, kind, ...rest) });";
    const page = await go("full", { map: false, init });
    expect(await page.locator(by("no-map")).innerText()).toContain("no WebGL");
    await tree(page).nth(2).click();
    expect(await page.locator("[data-facet]").count()).toBeGreaterThan(2);
  });

  it("says in one sentence that a view is broken", async () => {
    const text = readFileSync(join(inject("atlases"), "full.html"), "utf8");
    const view = unpack(await inflate(/id="view">([^<]+)</.exec(text)![1]));
    const older = deflateSync(Buffer.from(pack({ ...view.header, version: 0 }, {}))).toString("base64");
    for (const [data, why] of [["AAAA", ""], [older, "This page reads views of version 1, not 0; export the atlas again."]]) {
      writeFileSync(join(inject("atlases"), "broken.html"), text.replace(/id="view">[^<]+</, `id="view">${data}<`));
      const page = await go("broken", { map: false });
      await page.waitForSelector("[role=alert]");
      expect(await page.locator("[role=alert]").innerText()).toContain(`The atlas cannot be shown.\n\n${why}`);
      await page.context().close();
    }
  });

  it("fits 1280 by 720 and a laptop's screen without a scroll bar of the page", async () => {
    for (const [width, height] of [[1280, 720], [1440, 900]]) {
      const page = await go("full", { viewport: { width, height } });
      const over = await page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]);
      expect(over).toEqual([0, 0]);
      await page.context().close();
    }
  });

  describe("served", () => {
    let server: ChildProcess;
    let address = "";

    beforeAll(async () => {
      const python = process.env.PYTHON ?? "python3";
      const code = "from clioscope.cli import main; main()";
      server = spawn(python, ["-c", code, "explore", join(inject("atlases"), "full"), "--no-open", "--traces"]);
      address = await new Promise<string>((found, failed) => {
        server.stdout!.on("data", (data: Buffer) => {
          const line = /http:\S+/.exec(String(data));
          if (line) found(line[0]);
        });
        server.on("exit", () => failed(new Error("the server stopped")));
      });
    });
    afterAll(() => server?.kill("SIGINT"));

    it("asks this machine only, searches by meaning and shows traces when asked", async () => {
      opened = await open(browser, address);
      const { page, requests } = opened;
      const origin = new URL(address).origin;
      await page.locator("[role=combobox]").fill("bake a loaf of sourdough bread");
      await page.waitForSelector("#hits >> text=By meaning");
      await page.locator("[role=option]").last().click();
      await page.waitForSelector("[role=treeitem][aria-selected=true]");
      expect(await page.locator(".trace").count()).toBe(0);
      await page.locator(by("traces")).click();
      await page.waitForSelector(".trace");
      expect(await page.locator(".trace").first().innerText()).toContain("User: ");
      expect(requests.every((one) => one.startsWith(origin) || /^(blob|data):/.test(one))).toBe(true);
      expect(requests.some((one) => one.includes("/meaning?"))).toBe(true);
    });

    it("refuses without the token, in a sentence", async () => {
      const context = await browser.newContext();
      const page = await context.newPage();
      const response = await page.goto(new URL("/", address).href);
      expect(response!.status()).toBe(403);
      expect(await page.innerText("body")).toContain("with its token");
      await context.close();
    });
  });

  /** The sum of the sizes in the tree's top rows. */
  async function sizes(page: Page): Promise<number> {
    const texts = await page.locator("[aria-level='1'] .figure").evaluateAll((all) => all.map((one) => one.firstChild?.textContent ?? "0"));
    return texts.reduce((sum, one) => sum + Number(one.replace(/\D/g, "")), 0);
  }

  /** How many clearly different colours the map's picture has, its ground apart. */
  async function colours(page: Page): Promise<number> {
    return (await pixels(page)).colours;
  }

  /** Somewhere on the screen where a point is drawn and no title stands. */
  async function aPoint(page: Page): Promise<[number, number]> {
    const { points } = await pixels(page);
    const found = points.find(([x, y]) => x > 0 && y > 0);
    if (!found) throw new Error("no point is drawn");
    return found;
  }

  async function pixels(page: Page): Promise<{ colours: number; points: [number, number][] }> {
    await styled(page, ".overlay, .map-tools { visibility: hidden }");
    await page.waitForTimeout(300);
    const box = (await page.locator(by("map")).boundingBox())!;
    const picture = (await page.screenshot({ clip: box })).toString("base64");
    const found = await page.evaluate(
      async ([data, left, top]) => {
        const image = new Image();
        image.src = `data:image/png;base64,${data}`;
        await image.decode();
        const canvas = document.createElement("canvas");
        canvas.width = image.width;
        canvas.height = image.height;
        const pen = canvas.getContext("2d")!;
        pen.drawImage(image, 0, 0);
        const { data: all, width, height } = pen.getImageData(0, 0, image.width, image.height);
        const seen = new Map<string, number>();
        const points: [number, number][] = [];
        for (let y = 60; y < height - 8; y++) {
          for (let x = 8; x < width - 60; x++) {
            const at = (y * width + x) * 4;
            const [r, g, b] = [all[at], all[at + 1], all[at + 2]];
            if (Math.max(r, g, b) - Math.min(r, g, b) < 45) continue;
            const key = [r, g, b].map((one) => one >> 6).join();
            seen.set(key, (seen.get(key) ?? 0) + 1);
            const same = (dx: number, dy: number) => Math.abs(all[at + (dy * width + dx) * 4] - r) < 12;
            if (same(-1, 0) && same(1, 0) && same(0, 1) && same(0, -1)) points.push([left + x, top + y]);
          }
        }
        return { colours: [...seen.values()].filter((count) => count > 12).length, points };
      },
      [picture, box.x, box.y] as const,
    );
    await styled(page, ".overlay, .map-tools { visibility: visible }");
    return found;
  }
});
