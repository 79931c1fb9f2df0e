/** The page in a cell of a notebook: the widget's own JavaScript, in a page that stands for the notebook. */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { hasChromium, launch } from "./browser";

const WIDGET = resolve("../src/clioscope/notebook/widget.js");
const PYTHON = process.env.PYTHON ?? "python3";

/** What Python says of the atlas, or makes of what the page told. */
function python(code: string, ...given: string[]): string {
  const ran = spawnSync(PYTHON, ["-c", code, ...given], { encoding: "utf8", env: process.env });
  if (ran.status !== 0) throw new Error(ran.stderr || String(ran.error));
  return ran.stdout;
}

interface Kept {
  rows: number[];
  group: string | null;
  told: number;
}

describe.skipIf(!hasChromium)("the page in a notebook", () => {
  let browser: Browser;
  let page: Page;
  let inside: FrameLocator;
  const requests: string[] = [];
  const errors: string[] = [];
  const kept = () => page.evaluate(() => (window as unknown as { kept: Kept }).kept);
  const atlas = () => join(inject("atlases"), "full");

  /** A page that renders the widget as a notebook does, with a model that keeps what is set. */
  function notebook(name: string): string {
    const view = python(
      "import sys, json, clioscope; from clioscope.explorer.export import html_page; " +
        "print(json.dumps(html_page(clioscope.open(sys.argv[1]), embedded=True)))",
      join(inject("atlases"), name),
    );
    const code = readFileSync(WIDGET, "utf8").replace("export default", "const widget =");
    const text = `<!doctype html><meta charset="utf-8"><div id="cell"></div><script type="module">${code}
      const values = { _height: 600, _page: JSON.parse(document.getElementById("page").textContent) };
      window.kept = { rows: [], group: null, told: 0 };
      const model = {
        get: (name) => values[name],
        set: (name, value) => {
          if (name === "_rows") window.kept.rows = [...new Uint32Array(value.buffer, value.byteOffset, value.byteLength / 4)];
          else window.kept[name] = value;
        },
        save_changes: () => window.kept.told++,
      };
      window.stop = widget.render({ model, el: document.getElementById("cell") });
    </script><script type="application/json" id="page">${view.replaceAll("<", "\\u003c")}</script>`;
    const file = join(inject("atlases"), `notebook-${name}.html`);
    writeFileSync(file, text);
    return pathToFileURL(file).href;
  }

  beforeAll(async () => {
    browser = await launch();
    const context = await browser.newContext({ viewport: { width: 1100, height: 800 }, locale: "en-GB" });
    await context.setOffline(true);
    page = await context.newPage();
    page.on("request", (request) => requests.push(request.url()));
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(notebook("full"));
    inside = page.frameLocator("#cell iframe");
    await inside.locator("[data-drawn]").waitFor();
  });
  afterAll(() => browser?.close());

  it("is drawn in a frame as wide as the cell, offline and without a request", async () => {
    const [frame, cell] = await Promise.all(["#cell iframe", "#cell"].map((one) => page.locator(one).boundingBox()));
    expect(frame!.width).toBeCloseTo(cell!.width, 0);
    expect(frame!.height).toBeGreaterThanOrEqual(600);
    expect(await inside.locator("[role=treeitem]").count()).toBeGreaterThan(2);
    expect(requests.filter((one) => !/^(file|blob|data|about):/.test(one))).toEqual([]);
  });

  it("tells the rows of a chosen group, and Python makes its records of them", async () => {
    expect((await kept()).rows).toEqual([]);
    await inside.locator("[role=treeitem]").first().click();
    await page.waitForFunction(() => (window as unknown as { kept: Kept }).kept.rows.length > 0);
    const { rows, group } = await kept();
    const said = python(
      "import sys, json, clioscope, numpy as np; a = clioscope.open(sys.argv[1]); e = a.explore(); " +
        "e._rows = np.array(json.loads(sys.argv[2]), '<u4').tobytes(); s = e.selection; " +
        "m = a.membership.filter(a.membership['group'] == sys.argv[3]); " +
        "print(s.height, m['count'].sum(), sorted(set(s['conversation'])) == sorted(m['conversation']))",
      atlas(),
      JSON.stringify(rows),
      group!,
    );
    const [records, counted, same] = said.trim().split(" ");
    expect(records).toBe(counted); // copies are records too
    expect(same).toBe("True");
  });

  it("cannot reach the notebook, and throws nothing", async () => {
    const frame = page.frames().find((one) => one !== page.mainFrame())!;
    const reached = await frame.evaluate(() => {
      try {
        return Boolean(parent.document.body);
      } catch {
        return false;
      }
    });
    expect(reached).toBe(false);
    expect(errors).toEqual([]);
  });

  it("tells nothing to a page that exported it without being asked to", async () => {
    const there = await page.context().newPage();
    const file = pathToFileURL(join(inject("atlases"), "full.html")).href;
    await there.setContent("<iframe></iframe>");
    await there.goto(pathToFileURL(join(inject("atlases"), "notebook-full.html")).href);
    await there.evaluate((address) => {
      const frame = document.querySelector("iframe")!;
      frame.removeAttribute("srcdoc");
      frame.removeAttribute("sandbox");
      frame.src = address;
    }, file);
    const own = there.frameLocator("iframe");
    await own.locator("[data-drawn]").waitFor();
    await own.locator("[role=treeitem]").first().click();
    await there.waitForTimeout(500);
    expect(await there.evaluate(() => (window as unknown as { kept: Kept }).kept.rows)).toEqual([]);
    await there.close();
  });

  it("is gone when the cell is", async () => {
    await page.evaluate(() => (window as unknown as { stop: () => void }).stop());
    expect(await page.locator("iframe").count()).toBe(0);
  });
});
