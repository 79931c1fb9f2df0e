// The explorer's page at 1,000, 100,000 and a million conversations, in a real browser under software rendering.
//
//     PYTHON=.venv/bin/python node benchmarks/explorer.mjs 1000 100000 1000000
//
// Atlases are synthetic (explorer_atlas.py). Up to 100,000 conversations the page is exported to a file and opened
// from disk; above, it is served. Prints one line a size: file (or view) in MB; seconds from opening to the first
// picture with titles, median of three; milliseconds from a click on a value's filter to the frame that shows tree,
// charts and map filtered, median of nine; the same for a selection of a group; megabytes of the page's JavaScript
// heap.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const { chromium } = createRequire(join(here, "../explorer/package.json"))("playwright-core");
const python = process.env.PYTHON ?? "python3";
const folder = process.env.ATLASES ?? mkdtempSync(join(tmpdir(), "clioscope-explorer-"));
const CLI = "from clioscope.cli import main; main()";
const LARGEST_FILE = 100_000;

const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];

function run(...words) {
  const done = spawnSync(python, words, { encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
}

async function serve(atlas) {
  const server = spawn(python, ["-c", CLI, "explore", atlas, "--no-open"]);
  const address = await new Promise((found) =>
    server.stdout.on("data", (data) => {
      const line = /http:\S+/.exec(String(data));
      if (line) found(line[0]);
    }),
  );
  return { address, stop: () => server.kill("SIGINT") };
}

const browser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--enable-precise-memory-info"],
  });

async function first(address) {
  const one = await browser();
  const page = await one.newPage({ viewport: { width: 1280, height: 720 } });
  const start = performance.now();
  await page.goto(address, { timeout: 300_000 });
  await page.waitForSelector("[data-drawn]", { timeout: 300_000 });
  await page.waitForSelector(".title", { timeout: 300_000 });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return { one, page, seconds: (performance.now() - start) / 1000 };
}

/** Milliseconds from a click to the frame after the map has been drawn again. */
function answer(page, selector, nth) {
  return page.evaluate(
    ([selector, nth]) =>
      new Promise((done) => {
        const map = document.querySelector("[data-drawn]");
        const element = document.querySelectorAll(selector)[nth];
        const start = performance.now();
        const watch = new MutationObserver(() => {
          watch.disconnect();
          requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
        });
        watch.observe(map, { attributes: true, attributeFilter: ["data-drawn"] });
        element.click();
      }),
    [selector, nth],
  );
}

for (const n of process.argv.slice(2).map(Number)) {
  const atlas = join(folder, `atlas-${n}`);
  if (!existsSync(atlas)) run(join(here, "explorer_atlas.py"), String(n), atlas);
  let address;
  let stop = () => undefined;
  let megabytes;
  if (n <= LARGEST_FILE) {
    const file = join(folder, `atlas-${n}.html`);
    run("-c", CLI, "export", atlas, "--html", file);
    megabytes = statSync(file).size / 1e6;
    address = pathToFileURL(file).href;
  } else {
    ({ address, stop } = await serve(atlas));
  }
  const times = [];
  for (let i = 0; i < 2; i++) {
    const { one, seconds } = await first(address);
    times.push(seconds);
    await one.close();
  }
  const { one, page, seconds } = await first(address);
  times.push(seconds);
  const filters = [];
  for (let i = 0; i < 9; i++) filters.push(await answer(page, "[data-facet=language] button.value", 0));
  const groups = [];
  for (let i = 0; i < 9; i++) groups.push(await answer(page, "[role=treeitem]", i % 5));
  const heap = await page.evaluate(() => performance.memory.usedJSHeapSize / 1e6);
  const size = megabytes === undefined ? "served" : `${megabytes.toFixed(2)} MB`;
  console.log(
    `${n.toLocaleString("en")}: ${size}, first picture ${median(times).toFixed(2)} s (${times.map((t) => t.toFixed(2)).join(", ")}), ` +
      `filter ${median(filters).toFixed(0)} ms (${Math.min(...filters).toFixed(0)}-${Math.max(...filters).toFixed(0)}), ` +
      `group ${median(groups).toFixed(0)} ms, heap ${heap.toFixed(0)} MB`,
  );
  await one.close();
  stop();
}
