/** The policy of the exported page holds in a real browser: its own script runs, nothing else does. */

import { createServer, type Server } from "node:http";
import { readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { hasChromium, launch, open } from "./browser";

describe.skipIf(!hasChromium)("the policy of the exported page", () => {
  let browser: Browser;
  let server: Server;
  const asked: string[] = [];

  beforeAll(async () => {
    browser = await launch();
    server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.end("window.broken = 3");
    }).listen(0, "127.0.0.1");
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** The exported page with more markup at its end, as if a name had broken out. */
  function spoilt(markup: string): string {
    const folder = inject("atlases");
    const to = join(folder, "spoilt.html");
    writeFileSync(to, readFileSync(join(folder, "full.html"), "utf8").replace("</body>", () => `${markup}</body>`));
    return pathToFileURL(to).href;
  }

  const broken = (page: Page) => page.evaluate(() => (window as unknown as { broken?: number }).broken);

  it("names the script by its hash and lets the map be drawn without an error", async () => {
    const opened = await open(browser, pathToFileURL(join(inject("atlases"), "full.html")).href, { offline: true });
    const policy = await opened.page.locator("meta[http-equiv]").getAttribute("content");
    expect(policy).toMatch(/script-src 'sha256-[^']+' 'unsafe-eval';/);
    expect(policy).toContain("connect-src 'none'");
    expect(policy).not.toContain("unsafe-inline");
    expect(opened.errors).toEqual([]);
    await opened.page.context().close();
  });

  it("runs no script, handler or frame that is put into the page, and sends nothing", async () => {
    const there = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const markup = `<script>window.broken = 1</script><img src="x:" onerror="window.broken = 2">
      <script src="${there}/script.js"></script><img src="${there}/picture"><iframe src="${there}/frame"></iframe>
      <style>body { background: url(${there}/style) }</style><link rel="stylesheet" href="${there}/sheet">`;
    const opened = await open(browser, spoilt(markup));
    await opened.page.waitForTimeout(500);
    expect(await broken(opened.page)).toBeUndefined();
    const sent = await opened.page.evaluate(async (address) => {
      const tries = [fetch(address), fetch(address, { mode: "no-cors" })];
      const results = await Promise.allSettled(tries);
      return [...results.map((one) => one.status), navigator.sendBeacon(address)];
    }, `${there}/fetch`);
    expect(sent.slice(0, 2)).toEqual(["rejected", "rejected"]);
    await opened.page.waitForTimeout(300);
    expect(asked).toEqual([]);
    await opened.page.context().close();
  });
});
