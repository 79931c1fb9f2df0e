/** Chromium as the tests and the pictures use it: software rendering, and every request written down. */

import { existsSync } from "node:fs";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const hasChromium = existsSync(CHROMIUM);

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
];

export function launch(more: string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: [...ARGS, ...more] });
}

export interface Opened {
  page: Page;
  requests: string[];
  errors: string[];
}

/** A page at an address, once its map is drawn; `map: false` where there is none. */
export async function open(
  browser: Browser,
  address: string,
  { map = true, offline = false, init = "", ...options }: BrowserContextOptions & { map?: boolean; init?: string } = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, colorScheme: "light", locale: "en-GB", ...options });
  const page = await context.newPage();
  const requests: string[] = [];
  const errors: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("websocket", (socket) => requests.push(socket.url()));
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  if (init) await page.addInitScript(init);
  if (offline) await context.setOffline(true);
  await page.goto(address);
  await page.waitForSelector(map ? "[data-drawn]" : ".page, .failed");
  return { page, requests, errors };
}

/** More style for a page, past its policy, which allows no element of style but its own. */
export async function styled(page: Page, css: string): Promise<void> {
  await page.evaluate((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }, css);
}
