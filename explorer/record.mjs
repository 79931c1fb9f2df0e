// The frames of the short film in README: a build on a terminal, then the page: a group, a filter, a comparison.
//
//     npm run record -- atlas.html build.txt frames
//     python film.py frames ../docs/film.webp
//
// build.txt: first line the command, then what it printed. Lines appear faster than they did. The folder gets numbered
// PNG files and frames.json, which says how long each is shown (milliseconds).

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [file, log, folder] = process.argv.slice(2);
const SIZE = { width: 1120, height: 700 };
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
});
const shown = [];

/** One picture of the page, shown for so many milliseconds. */
async function frame(page, milliseconds) {
  const name = `${String(shown.length).padStart(4, "0")}.png`;
  await page.screenshot({ path: join(folder, name) });
  shown.push({ name, milliseconds });
}

async function terminal() {
  const page = await browser.newPage({ viewport: SIZE });
  await page.setContent(`<style>
    body { margin: 0; background: #14171c; color: #d8dee6; font: 15px/1.5 "DejaVu Sans Mono", monospace; }
    pre { margin: 0; padding: 28px 32px; white-space: pre-wrap; }
    .typed { color: #fff } .prompt { color: #6fb98f } </style>
    <pre><span class="prompt">$ </span><span class="typed"></span><span class="said"></span></pre>`);
  const [command, ...lines] = readFileSync(log, "utf8").trimEnd().split("\n");
  const show = (part, text) => page.locator(part).evaluate((element, value) => (element.textContent = value), text);
  for (let letters = 0; letters <= command.length; letters += 6) {
    await show(".typed", command.slice(0, letters));
    await frame(page, 70);
  }
  await show(".typed", command);
  await frame(page, 500);
  for (let count = 1; count <= lines.length; count += 1) {
    await show(".said", `\n${lines.slice(0, count).slice(-24).join("\n")}`);
    await frame(page, count === lines.length ? 2200 : 160);
  }
  await page.close();
}

async function explorer() {
  const page = await browser.newPage({ viewport: SIZE, colorScheme: "light", locale: "en-GB" });
  await page.goto(pathToFileURL(resolve(file)).href);
  await page.waitForSelector("[data-drawn]");
  await page.waitForTimeout(1500);
  await frame(page, 2000);
  const act = async (what, milliseconds) => {
    await what();
    for (const wait of [120, 120, 160]) {
      await page.waitForTimeout(wait);
      await frame(page, 110);
    }
    await page.waitForTimeout(900); // the map has settled
    await frame(page, milliseconds);
  };
  const row = (place) => page.locator("[role=treeitem]").nth(place);
  await act(() => row(0).click(), 1800);
  await act(() => row(0).locator(".twisty").click(), 1200);
  await act(() => row(1).click(), 2200);
  await act(() => page.keyboard.press("Escape"), 700);
  await act(() => page.locator("[data-test=colour]").selectOption({ label: "Concern" }), 1800);
  await page.locator("[data-test=colour]").selectOption({ index: 0 });
  await act(() => page.locator("[data-test=compare]").click(), 3200);
  await page.close();
}

await terminal();
await explorer();
writeFileSync(join(folder, "frames.json"), JSON.stringify(shown));
await browser.close();
