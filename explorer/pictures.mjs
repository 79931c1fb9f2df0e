// The pictures of docs and README, taken of an exported atlas:
//
//     npm run pictures -- atlas.html ../docs
//
// explorer.png: a group selected, light; explorer-compare.png: two halves compared, dark; explorer-facet.png:
// coloured by a facet and filtered, light.

import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [file, folder] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
});

async function take(name, scheme, act) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: scheme, locale: "en-GB" });
  await page.goto(pathToFileURL(resolve(file)).href);
  await page.waitForSelector("[data-drawn]");
  await act(page);
  await page.mouse.move(2, 2);
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.close();
}

await take("explorer", "light", async (page) => {
  await page.locator("[role=treeitem]").nth(1).click();
  await page.locator("[role=treeitem] .twisty").nth(1).click();
});
await take("explorer-compare", "dark", async (page) => {
  await page.locator("[data-test=compare]").click();
});
await take("explorer-facet", "light", async (page) => {
  await page.locator("[data-test=colour]").selectOption("length");
  await page.getByLabel("Zoom in").click();
});
await browser.close();
