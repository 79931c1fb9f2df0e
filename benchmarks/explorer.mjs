// The explorer's page at 10,000, 100,000 and a million conversations, in a real browser under software rendering.
//
//     PYTHON=.venv/bin/python node benchmarks/explorer.mjs 10000 100000 1000000
//
// Atlases are synthetic (explorer_atlas.py) and served; ATLASES names a folder to keep them in. Prints for each size:
// seconds to the tree and to the first picture of the map, of a first visit without the files of the page, which the
// server then makes, of a first visit to an atlas as a build leaves it, with these files from 50,000 conversations on,
// and of later visits to the same server (median of three); of first ones also from the start of the command; megabytes
// sent until then, and in all; milliseconds (median and range of nine) from an action to the frame that shows the new
// numbers, to that of the first points, and to that of all points that are drawn, and the processor time that all of
// the browser took for it, drawing in software included: a value's filter, a span of time, a lasso, colours, and a
// group; megabytes of the page's JavaScript heap, and of the server's memory.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const { chromium } = createRequire(join(here, "../explorer/package.json"))("playwright-core");
const python = process.env.PYTHON ?? "python3";
const folder = process.env.ATLASES ?? mkdtempSync(join(tmpdir(), "clioscope-explorer-"));
const CLI = "from clioscope.cli import main; main()";
const PREPARE = "import sys, clioscope; from clioscope.explorer.stored import prepare_view as go; go(clioscope.open(sys.argv[1]))";

const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];

async function serve(atlas) {
  const began = performance.now();
  const server = spawn(python, ["-c", CLI, "explore", atlas, "--no-open"]);
  const address = await new Promise((found, failed) => {
    server.stdout.on("data", (data) => {
      const line = /http:\S+/.exec(String(data));
      if (line) found(line[0]);
    });
    server.on("exit", () => failed(new Error("the server stopped")));
  });
  const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]) / 1e3;
  return { address, began, memory, stop: () => server.kill("SIGINT") };
}

const browser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--enable-precise-memory-info"],
  });

/** What /proc says of a process: its parent, its group, and the milliseconds of processor time that it took. */
function facts(pid) {
  try {
    const [, parent, group, ...rest] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
    return { parent: Number(parent), group: Number(group), cpu: 10 * (Number(rest[8]) + Number(rest[9])) };
  } catch {
    return { parent: 0, group: 0, cpu: 0 };
  }
}

/** Milliseconds of processor time that the processes of the browser took so far. */
function browserTime() {
  const all = readdirSync("/proc").filter((one) => /^\d+$/.test(one)).map((pid) => ({ pid: Number(pid), ...facts(pid) }));
  const own = all.filter((one) => one.parent === process.pid && one.group === one.pid).map((one) => one.group);
  return all.filter((one) => own.includes(one.group)).reduce((sum, one) => sum + one.cpu, 0);
}

async function visit(address) {
  const one = await browser();
  const page = await one.newPage({ viewport: { width: 1280, height: 720 } });
  let sent = 0;
  page.on("response", (response) => (sent += Number(response.headers()["content-length"] ?? 0)));
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  await page.goto(address, { timeout: 300_000 });
  await page.waitForSelector("[role=treeitem]", { timeout: 300_000 });
  const tree = seconds();
  await page.waitForSelector("[data-drawn]", { timeout: 300_000 });
  await page.waitForSelector(".title", { timeout: 300_000 });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return { one, page, start, tree, map: seconds(), first: sent / 1e6, sent: () => sent / 1e6 };
}

/** What the first visit to a server that has just started takes, in words. */
async function firstVisit(atlas) {
  const server = await serve(atlas);
  const { one, start, tree, map } = await visit(server.address);
  const since = (start - server.began) / 1000;
  await one.close();
  server.stop();
  return `tree ${tree.toFixed(2)} s, map ${map.toFixed(2)} s, from the command ${(since + tree).toFixed(2)} s`;
}

const QUIET = 1000; // milliseconds without a drawing, after which all points are there

/** Milliseconds from an action, a click or another address, to the frames that show numbers, first points and all. */
function answer(page, { click, nth = 0, hash }) {
  return page.evaluate(
    ([click, nth, hash, quiet]) =>
      new Promise((done) => {
        const start = performance.now();
        const told = {};
        const framed = (tell) => requestAnimationFrame(() => requestAnimationFrame(() => tell(performance.now() - start)));
        const numbers = new MutationObserver(() => {
          numbers.disconnect();
          framed((at) => (told.numbers = at));
        });
        for (const one of document.querySelectorAll(".tree-pane, .details")) numbers.observe(one, { childList: true, subtree: true, characterData: true });
        let waiting;
        const points = new MutationObserver(() => {
          framed((at) => {
            told.points ??= at;
            told.all = at;
          });
          clearTimeout(waiting);
          waiting = setTimeout(() => {
            points.disconnect();
            done(told);
          }, quiet);
        });
        points.observe(document.querySelector("[data-drawn]"), { attributes: true, attributeFilter: ["data-drawn", "data-points"] });
        if (click) document.querySelectorAll(click)[nth].click();
        else location.hash = hash;
      }),
    [click, nth, hash, QUIET],
  );
}

/** Median and range of what some answers took. */
function spread(times, part) {
  const all = times.map((one) => one[part]).filter((one) => one !== undefined);
  return all.length ? `${part} ${median(all).toFixed(0)} ms (${Math.min(...all).toFixed(0)}-${Math.max(...all).toFixed(0)})` : `${part} -`;
}

const LASSO = (x) => `lasso=${[[-0.3 + x, -0.3], [0.2 + x, -0.4], [0.4 + x, 0.1], [0.1 + x, 0.4], [-0.3 + x, 0.2]].map((one) => one.join(",")).join(" ")}`;
const ACTIONS = {
  filter: () => ({ click: "[data-facet=language] button.value" }),
  dates: (i) => ({ hash: i % 2 ? "" : "days=2026-02-01_2026-03-15" }),
  lasso: (i) => ({ hash: LASSO(i / 50) }),
  colour: (i) => ({ hash: `colour=${["language", "field", "length"][i % 3]}` }),
  group: (i) => ({ click: "[role=treeitem]", nth: i % 5 }),
};

for (const n of process.argv.slice(2).map(Number)) {
  const atlas = join(folder, `atlas-${n}`);
  if (!existsSync(atlas)) {
    const made = spawnSync(python, [join(here, "explorer_atlas.py"), String(n), atlas], { encoding: "utf8" });
    if (made.status !== 0) throw new Error(made.stderr);
  }
  rmSync(join(atlas, "page"), { recursive: true, force: true });
  const bare = await firstVisit(atlas);
  rmSync(join(atlas, "page"), { recursive: true, force: true });
  const prepared = spawnSync(python, ["-c", PREPARE, atlas], { encoding: "utf8" });
  if (prepared.status !== 0) throw new Error(prepared.stderr);
  const first = await firstVisit(atlas);
  const server = await serve(atlas);
  const visits = [];
  for (let i = 0; i < 3; i++) {
    const found = await visit(server.address);
    visits.push(found);
    if (i < 2) await found.one.close();
  }
  const { page, one, sent } = visits[2];
  await page.waitForTimeout(1000); // what any click needs is read while a reader looks
  const told = [];
  for (const [name, action] of Object.entries(ACTIONS)) {
    const times = [];
    const before = await answer(page, action(0)); // the first one also reads what it counts
    const began = browserTime();
    for (let i = 1; i < 10; i++) times.push(await answer(page, action(i)));
    const cpu = (browserTime() - began) / times.length;
    told.push(`${name}: ${["numbers", "points", "all"].map((part) => spread(times, part)).join(", ")}, the first time points ${before.points.toFixed(0)}, processor ${cpu.toFixed(0)}`);
    await page.evaluate(() => (location.hash = ""));
    await page.waitForTimeout(500);
  }
  const heap = await page.evaluate(() => performance.memory.usedJSHeapSize / 1e6);
  console.log(
    `${n.toLocaleString("en")}: first visit ${first}; without files ${bare}; ` +
      `later tree ${median(visits.map((v) => v.tree)).toFixed(2)} s, map ${median(visits.map((v) => v.map)).toFixed(2)} s; ` +
      `sent ${visits[2].first.toFixed(1)} MB, in all ${sent().toFixed(1)} MB; ${told.join("; ")}; ` +
      `heap ${heap.toFixed(0)} MB, server ${server.memory().toFixed(0)} MB; load ${loadavg()[0].toFixed(1)}`,
  );
  await one.close();
  server.stop();
}
