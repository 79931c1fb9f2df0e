/** A view can be shared and kept: addresses, the back button, Escape, saved views, pictures and paper. */

import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { hasChromium, launch, open, type Box } from "./browser";
import { serve, type Served } from "./served";

const by = (name: string) => `[data-test="${name}"]`;
const view = (name: string) => `[data-view="${name}"]`;
const LOCALES = ["en-GB", "ru"];

/** A port that nothing uses now. */
function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

describe.skipIf(!hasChromium)("a view", () => {
  let browser: Browser;
  let home: string;
  let atlas: string;
  let served: Served | null = null;
  let contexts: BrowserContext[] = [];
  let errors: string[] = [];

  beforeAll(async () => {
    browser = await launch();
    home = mkdtempSync(join(tmpdir(), "clioscope-views-"));
    process.env.XDG_STATE_HOME = join(home, "state"); // a key of its own, not the reader's
    atlas = join(home, "atlas");
    cpSync(join(inject("atlases"), "mine"), atlas, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(home, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const one of contexts) await one.close();
    served?.stop();
    const before = errors;
    [contexts, errors, served] = [[], [], null];
    expect(before, "errors on the page").toEqual([]);
  });

  async function go(address: string, options: Parameters<typeof open>[2] = {}): Promise<Page> {
    const opened = await open(browser, address, options);
    contexts.push(opened.page.context());
    errors = opened.errors;
    return opened.page;
  }
  const file = (name: string) => pathToFileURL(join(inject("atlases"), `${name}.html`)).href;
  const box = async (page: Page, selector: string): Promise<Box> => (await page.locator(selector).first().boundingBox())!;
  const inside = (inner: Box, outer: Box) =>
    inner.x >= outer.x - 1 && inner.y >= outer.y - 1 && inner.x + inner.width <= outer.x + outer.width + 1 && inner.y + inner.height <= outer.y + outer.height + 1;
  const window = (page: Page): Box => ({ x: 0, y: 0, ...page.viewportSize()! });
  const hash = (page: Page, part: string) => page.waitForFunction((text) => location.hash.includes(text), part);
  const group = (page: Page, place: number) => page.locator("[role=treeitem] .name").nth(place);

  it("opens again without the token after the server was started anew, for who was let in, and for nobody else", async () => {
    const port = String(await freePort());
    served = await serve(atlas, "--port", port);
    const page = await go(served.address);
    expect(page.url(), "the token leaves the address").not.toContain("token");
    await group(page, 1).click();
    await hash(page, "group=");
    const kept = page.url();
    const name = await page.locator(`${by("details")} h2`).innerText();
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ name: `clioscope-${port}`, httpOnly: true, sameSite: "Strict", domain: "127.0.0.1" });
    expect(await page.evaluate(() => document.cookie)).toBe("");
    served.stop();
    await new Promise((done) => setTimeout(done, 1500));
    served = await serve(atlas, "--port", port);
    await page.goto("about:blank");
    await page.goto(kept);
    await page.waitForSelector("[data-drawn]");
    expect(await page.locator(`${by("details")} h2`).innerText()).toBe(name);
    await page.reload();
    await page.waitForSelector("[data-drawn]");
    await page.locator(by("history")).click(); // its requests are answered, too
    await page.locator(by("history-pane")).waitFor();
    // Another browser, and a page of another port in this one.
    const stranger = await browser.newContext();
    contexts.push(stranger);
    const other = await stranger.newPage();
    await other.goto(kept);
    expect(await other.innerText("body")).toContain("paste the address");
    const from = await serve(atlas, "--read-only");
    const beside = await page.context().newPage();
    await beside.goto(from.address);
    await beside.waitForSelector("[data-drawn]");
    const answer = await beside.evaluate(async (address) => {
      const asked = [fetch(address, { mode: "no-cors", credentials: "include" }).then(() => "answered")];
      return Promise.race(asked).catch(() => "refused");
    }, `http://127.0.0.1:${port}/view`);
    expect(answer).toBe("refused");
    const link = await beside.evaluate((address) => {
      const made = document.createElement("a");
      [made.href, made.textContent, made.target] = [address, "view", "_blank"];
      document.body.append(made);
      made.id = "link";
      return made.href;
    }, `http://127.0.0.1:${port}/view`);
    expect(link).toContain(port);
    const [opened] = await Promise.all([page.context().waitForEvent("page"), beside.evaluate(() => document.getElementById("link")!.click())]);
    await opened.waitForLoadState();
    expect(await opened.innerText("body")).toContain("with its token");
    from.stop();
    errors = []; // the refusals are errors to the browser
  });

  it("is opened by its name or by an address from the command line", async () => {
    const port = String(await freePort());
    served = await serve(atlas, "--port", port);
    const page = await go(served.address);
    await group(page, 2).click();
    await page.locator(by("colour")).selectOption("language");
    await hash(page, "colour=language");
    await page.locator(by("views")).click();
    await page.locator(by("view-name")).fill("By language");
    await page.keyboard.press("Enter");
    await page.locator(view("By language")).waitFor();
    const fragment = new URL(page.url()).hash.slice(1);
    served.stop();
    for (const said of ["by LANGUAGE", `#${fragment}`]) {
      served = await serve(atlas, "--view", said);
      expect(new URL(served.address).hash.slice(1)).toBe(fragment);
      const again = await go(served.address);
      expect(await again.locator(by("colour")).inputValue()).toBe("language");
      expect(await again.locator("[role=treeitem][aria-selected=true]").count()).toBe(1);
      served.stop();
    }
    await expect(serve(atlas, "--view", "nothing")).rejects.toThrow("the server stopped");
  });

  it("lies in the history of the browser, but no drag of the map does", async () => {
    const page = await go(file("full"));
    await group(page, 0).click();
    await hash(page, "group=");
    const first = page.url();
    await group(page, 1).click();
    await page.waitForFunction((address) => location.href !== address, first);
    await page.locator(by("colour")).selectOption("language");
    await hash(page, "colour=language");
    const map = await box(page, by("map"));
    await page.mouse.move(map.x + 200, map.y + 200);
    await page.mouse.wheel(0, -400);
    await hash(page, "at=");
    await page.goBack();
    await page.waitForFunction(() => !location.hash.includes("colour="));
    expect(await page.locator(by("colour")).inputValue()).not.toBe("language");
    await page.goBack();
    await page.waitForFunction((address) => location.href === address, first);
    expect(await page.locator("[role=treeitem]").nth(0).getAttribute("aria-selected")).toBe("true");
    await page.goForward();
    await page.waitForFunction((address) => location.href !== address, first);
    expect(await page.locator("[role=treeitem]").nth(1).getAttribute("aria-selected")).toBe("true");
    await page.goBack();
    await page.goBack();
    await page.waitForFunction(() => location.hash === "");
    expect(await page.locator("[role=treeitem][aria-selected=true]").count()).toBe(0);
  });

  it.each(LOCALES)("gives way to Escape, one thing after another, from anywhere (%s)", async (locale) => {
    served = await serve(atlas);
    const page = await go(served.address, { locale, viewport: { width: 1440, height: 900 } });
    const gone = async (name: string) => page.locator(by(name)).waitFor({ state: "detached" });
    await group(page, 1).click();
    await page.locator(by("compare")).click();
    await page.locator(by("compare-pane")).waitFor();
    await page.locator(by("history")).click();
    await page.locator(by("views")).click();
    await page.locator(by("view-name")).waitFor();
    await page.locator(by("picture-map")).focus();
    await page.keyboard.press("Enter");
    const menu = page.locator(by("picture-menu"));
    await menu.waitFor();
    expect(inside(await box(page, by("picture-menu")), window(page))).toBe(true);
    await page.keyboard.press("Escape");
    await menu.waitFor({ state: "detached" });
    expect(await page.evaluate(() => document.activeElement?.getAttribute("data-test"))).toBe("picture-map");
    await page.keyboard.press("Escape");
    await gone("views-pane");
    await page.keyboard.press("Escape");
    await gone("history-pane");
    await page.keyboard.press("Escape");
    await gone("compare-pane");
    expect(await page.locator("[role=treeitem][aria-selected=true]").count()).toBe(1);
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !document.querySelector("[role=treeitem][aria-selected=true]"));
    await page.locator(by("lasso")).click();
    expect(await page.locator(".map.lassoing").count()).toBe(1);
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !document.querySelector(".map.lassoing"));
    // A field is left first, and the search closes without anything else.
    await group(page, 1).click();
    await page.locator(".search input").fill("a");
    await page.keyboard.press("Escape");
    expect(await page.locator(".search input").inputValue()).toBe("");
    expect(await page.locator("[role=treeitem][aria-selected=true]").count()).toBe(1);
  });

  it.each(LOCALES)("is saved with a note, opened, renamed, replaced and deleted by keyboard (%s)", async (locale) => {
    served = await serve(atlas);
    const page = await go(served.address, { locale });
    const [name, other] = locale === "ru" ? ["Хлеб в марте", "Хлеб"] : ["Bread in March", "Bread"];
    await group(page, 1).click();
    await hash(page, "group=");
    const chosen = new URL(page.url()).hash;
    await page.locator(by("views")).focus();
    await page.keyboard.press("Enter");
    await page.locator(by("view-name")).waitFor();
    const pane = await box(page, by("views-pane"));
    expect(inside(pane, window(page))).toBe(true);
    await page.waitForFunction(() => document.activeElement?.getAttribute("data-test") === "view-name");
    await page.keyboard.type(name);
    await page.keyboard.press("Tab");
    await page.keyboard.type("ask the <b>baker</b>");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const row = page.locator(view(name));
    await row.waitFor();
    expect(await row.locator(".note-text").innerText()).toBe("ask the <b>baker</b>");
    expect(inside(await box(page, view(name)), pane)).toBe(true);
    expect(await row.getAttribute("class")).toContain("shown");
    // A name that is taken is refused in the reader's language.
    await page.locator(by("view-name")).fill(name.toUpperCase());
    await page.keyboard.press("Enter");
    await page.locator(by("view-problem")).waitFor();
    expect(await page.locator(by("view-problem")).innerText()).toMatch(locale === "ru" ? /уже есть/ : /already/);
    errors.splice(0); // a refusal is an error to the browser
    await page.locator(by("view-name")).fill("");
    await group(page, 2).click();
    await page.waitForFunction((before) => location.hash !== before, chosen);
    await page.waitForFunction(() => !document.querySelector(".views .shown"));
    await row.locator(by("view-open")).focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction((before) => location.hash === before, chosen);
    await page.locator("[role=treeitem][aria-selected=true]").waitFor();
    await page.waitForFunction(() => document.querySelectorAll("[role=treeitem]")[1].getAttribute("aria-selected") === "true");
    await row.locator(by("view-edit")).focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.getAttribute("data-test") === "view-new-name");
    await page.locator(by("view-new-name")).fill(other);
    await page.keyboard.press("Enter");
    await page.locator(view(other)).waitFor();
    await page.reload();
    await page.waitForSelector("[data-drawn]");
    await page.locator(by("views")).click();
    const again = page.locator(view(other));
    expect(await again.locator(".note-text").innerText()).toContain("baker");
    await group(page, 0).click();
    await page.waitForFunction((before) => location.hash !== before, chosen);
    await again.locator(by("view-retake")).click();
    await page.locator(".views .shown").waitFor();
    const gone = again.locator(by("view-delete"));
    await gone.click();
    expect(await again.count(), "it asks first").toBe(1);
    await gone.click();
    await again.waitFor({ state: "detached" });
  });

  it.each(LOCALES)("of the map and of charts is saved as PNG and as SVG (%s)", async (locale) => {
    const page = await go(file("full"), { locale, viewport: { width: 1440, height: 900 }, acceptDownloads: true });
    await group(page, 1).click();
    await page.locator(".facet").first().waitFor();
    const save = async (from: string, format: "png" | "svg"): Promise<{ name: string; data: Buffer }> => {
      await page.locator(from).first().scrollIntoViewIfNeeded();
      await page.locator(from).first().click();
      await page.locator(by(`save-${format}`)).waitFor();
      const [download] = await Promise.all([page.waitForEvent("download"), page.locator(by(`save-${format}`)).click()]);
      return { name: download.suggestedFilename(), data: readFileSync((await download.path())!) };
    };
    /** Size, and how many pixels are of some colours. */
    const decode = (data: Buffer, wanted: string[]) =>
      page.evaluate(
        async ([base64, these]) => {
          const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
          const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [image.width, image.height];
          const pen = canvas.getContext("2d")!;
          pen.drawImage(image, 0, 0);
          const { data: all } = pen.getImageData(0, 0, image.width, image.height);
          const near = (at: number, colour: string) => [1, 3, 5].every((from, i) => Math.abs(all[at + i] - parseInt(colour.slice(from, from + 2), 16)) < 45);
          return { width: image.width, height: image.height, found: these.map((colour) => Array.from({ length: all.length / 4 }, (_, i) => i * 4).filter((at) => near(at, colour)).length) };
        },
        [data.toString("base64"), wanted] as const,
      );
    const parse = (svg: string) =>
      page.evaluate((text) => {
        const root = new DOMParser().parseFromString(text, "image/svg+xml");
        return {
          broken: root.querySelector("parsererror")?.textContent ?? null,
          width: Number(root.documentElement.getAttribute("width")),
          texts: [...root.querySelectorAll("text")].map((one) => one.textContent),
          shapes: root.querySelectorAll("path, rect, line, polygon, polyline").length,
          points: [...root.querySelectorAll("path")].reduce((sum, one) => sum + (one.getAttribute("d")?.match(/M/g)?.length ?? 0), 0),
          scripts: root.querySelectorAll("script, foreignObject, image").length,
        };
      }, svg);

    const map = await box(page, by("map"));
    const svg = await save(by("picture-map"), "svg");
    expect(svg.name).toMatch(/^full-\S+\.svg$/);
    const drawn = await parse(svg.data.toString("utf8"));
    expect(drawn).toMatchObject({ broken: null, width: Math.round(map.width), scripts: 0 });
    expect(drawn.points).toBe(200); // one a distinct conversation
    const titles = await page.locator(".title > span").allInnerTexts();
    for (const title of titles) expect(drawn.texts).toContain(title);
    const png = await decode((await save(by("picture-map"), "png")).data, ["#332288", "#cc6677", "#fbfaf6"]);
    expect(png.width).toBe(2 * Math.round(map.width));
    expect(png.height).toBeGreaterThan(2 * map.height);
    expect(png.found.every((count) => count > 50)).toBe(true);

    const facet = await box(page, ".facet");
    const chart = await parse((await save(`.facet ${by("picture")}`, "svg")).data.toString("utf8"));
    expect(chart).toMatchObject({ broken: null, scripts: 0 });
    expect(chart.width).toBeGreaterThanOrEqual(Math.floor(facet.width));
    const words = (await page.locator(".facet").first().locator("th button, th .value, .number").allInnerTexts()).filter(Boolean);
    expect(words.length).toBeGreaterThan(3);
    const told = chart.texts.join(" ");
    for (const word of words) expect(told.replace(/\s+/g, " ")).toContain(word.replace(/\s+/g, " ").slice(0, 12));
    expect(chart.shapes).toBeGreaterThan(4);
    for (const place of [by("timeline"), ".section[data-chart]"]) {
      const found = await decode((await save(`${place} ${by("picture")}`, "png")).data, ["#1f5f7a"]);
      expect(found.width).toBeGreaterThan(300);
      expect(found.found[0], place).toBeGreaterThan(50);
    }
    await page.locator(by("compare")).click();
    await page.locator(by("compare-pane")).waitFor();
    const compared = await parse((await save(`${by("compare-pane")} ${by("picture")}`, "svg")).data.toString("utf8"));
    expect(compared.texts.length).toBeGreaterThan(10);
    expect(compared.broken).toBeNull();
  });

  it("of a published atlas is a picture of circles, and of none without a map", async () => {
    const page = await go(file("published"), { acceptDownloads: true });
    await page.locator(by("picture-map")).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(by("save-svg")).click()]);
    const text = readFileSync((await download.path())!, "utf8");
    const widths = new Set([...text.matchAll(/stroke-width="([\d.]+)" stroke-opacity/g)].map(([, one]) => one));
    expect(widths.size).toBeGreaterThan(2);
    await page.context().close();
    const bare = await go(file("bare"), { map: false });
    expect(await bare.locator(by("picture-map")).count()).toBe(0);
  });

  it.each(LOCALES)("is readable on paper, also from a dark page (%s)", async (locale) => {
    const page = await go(file("full"), { locale, colorScheme: "dark", viewport: { width: 1280, height: 720 } });
    await group(page, 1).click();
    await page.locator(".facet").first().waitFor();
    const named = await page.locator(`${by("details")} h2`).innerText();
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    await page.locator(".map-print svg").waitFor();
    for (const hidden of [".search", ".tools", ".map-tools", ".map canvas", ".picture-button", ".splitter"]) {
      expect(await page.locator(hidden).first().isVisible(), hidden).toBe(false);
    }
    const parts = [".brand", ".map-print svg", by("details"), ".tree"];
    const boxes = await Promise.all(parts.map((one) => box(page, one)));
    for (const [place, one] of boxes.entries()) {
      expect(one.width, parts[place]).toBeGreaterThan(100);
      expect(one.height, parts[place]).toBeGreaterThan(20);
      if (place) expect(one.y, `${parts[place]} stands below ${parts[place - 1]}`).toBeGreaterThanOrEqual(boxes[place - 1].y + boxes[place - 1].height - 2);
    }
    const [wide, cut] = await page.evaluate(() => [
      document.documentElement.scrollWidth - innerWidth,
      [...document.querySelectorAll(".details, .tree, .page")].filter((one) => one.scrollHeight > one.clientHeight + 2).length,
    ]);
    expect([wide, cut], "nothing is cut off").toEqual([0, 0]);
    expect(await page.locator(`${by("details")} h2`).innerText()).toContain(named.trim());
    const [ground, ink] = await page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector(".details h2")!).color]);
    expect(ground).toBe("rgb(255, 255, 255)");
    expect(Math.max(...ink.match(/\d+/g)!.map(Number))).toBeLessThan(130);
    const paper = await page.pdf({ format: "A4", printBackground: true });
    expect(paper.subarray(0, 5).toString()).toBe("%PDF-");
    expect(paper.length).toBeGreaterThan(20_000);
    await page.emulateMedia({ media: "screen", colorScheme: "dark" });
    await page.locator(".map-print").waitFor({ state: "detached" });
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
  });
});
