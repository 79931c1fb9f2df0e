/** Chromium as the tests and the pictures use it: software rendering, and every request written down. */

import { spawn } from "node:child_process";
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

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Served {
  address: string;
  stop: () => void;
}

/** An atlas as `clioscope explore` serves it, with more options. */
export async function serve(folder: string, ...more: string[]): Promise<Served> {
  const code = "from clioscope.cli import main; main()";
  const server = spawn(process.env.PYTHON ?? "python3", ["-c", code, "explore", folder, "--no-open", ...more]);
  const address = await new Promise<string>((found, failed) => {
    server.stdout.on("data", (data: Buffer) => {
      const line = /http:\S+/.exec(String(data));
      if (line) found(line[0]);
    });
    server.on("exit", () => failed(new Error("the server stopped")));
  });
  return { address, stop: () => server.kill("SIGINT") };
}

/** Places on the screen where points are drawn on the map, away from its buttons; nothing else is coloured there. */
export async function pointsOf(page: Page, map: string): Promise<[number, number][]> {
  await styled(page, ".overlay, .map-tools, .tooltip, .chips { visibility: hidden }");
  await page.waitForTimeout(300);
  const box = (await page.locator(map).boundingBox())!;
  const picture = (await page.screenshot({ clip: box })).toString("base64");
  await styled(page, ".overlay, .map-tools, .tooltip, .chips { visibility: visible }");
  return page.evaluate(
    async ([data, left, top]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.width, image.height];
      const pen = canvas.getContext("2d")!;
      pen.drawImage(image, 0, 0);
      const { data: all, width, height } = pen.getImageData(0, 0, image.width, image.height);
      const points: [number, number][] = [];
      for (let y = 4; y < height - 4; y++) {
        for (let x = 4; x < width - 4; x++) {
          if (x > width - 60 && y < 200) continue; // the buttons
          const at = (y * width + x) * 4;
          const [r, g, b] = [all[at], all[at + 1], all[at + 2]];
          if (Math.max(r, g, b) - Math.min(r, g, b) < 45) continue;
          const same = (dx: number, dy: number) => Math.abs(all[at + (dy * width + dx) * 4] - r) < 12;
          if (same(-1, 0) && same(1, 0) && same(0, 1) && same(0, -1)) points.push([left + x, top + y]);
        }
      }
      return points;
    },
    [picture, box.x, box.y] as const,
  );
}

/** More style for a page, past its policy, which allows no element of style but its own. */
export async function styled(page: Page, css: string): Promise<void> {
  await page.evaluate((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }, css);
}
