/** From the picture to the records: the table, its files, neighbours, examples, what a search finds, and the things to know. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Download, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { hasChromium, launch, open, serve, type Box, type Opened, type Served } from "./browser";

const by = (name: string) => `[data-test="${name}"]`;

interface Source {
  id: string;
  created_at: string;
  metadata: Record<string, unknown>;
}

describe.skipIf(!hasChromium)("records", () => {
  let browser: Browser;
  let server: Served;
  let opened: Opened[] = [];
  const sources = () => new Map(readFileSync(join(inject("atlases"), "chats.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as Source).map((one) => [one.id, one]));

  beforeAll(async () => {
    browser = await launch();
    server = await serve(join(inject("atlases"), "full"), "--traces", "--read-only");
  });
  afterAll(async () => {
    server?.stop();
    await browser?.close();
  });
  afterEach(async () => {
    const before = opened;
    opened = [];
    for (const one of before) await one.page.context().close(); // one that stays open goes on asking for frames
    expect(before.flatMap((one) => one.errors), "errors on the page").toEqual([]);
  });

  async function go(options: Parameters<typeof open>[2] = {}, hash = ""): Promise<Page> {
    const one = await open(browser, `${server.address}${hash}`, options);
    opened = [...opened, one];
    return one.page;
  }
  async function file(name: string): Promise<Page> {
    const one = await open(browser, pathToFileURL(join(inject("atlases"), `${name}.html`)).href, { offline: true });
    opened = [...opened, one];
    return one.page;
  }
  const box = async (one: Locator): Promise<Box> => (await one.boundingBox())!;
  const inside = (inner: Box, outer: Box) => inner.x >= outer.x - 1 && inner.y >= outer.y - 1 && inner.x + inner.width <= outer.x + outer.width + 1 && inner.y + inner.height <= outer.y + outer.height + 1;
  const bodyOf = async (download: Download) => readFileSync(await download.path());
  async function downloaded(page: Page, kind: string): Promise<Buffer> {
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(`.records ${by(`download-${kind}`)}`).click()]);
    expect(download.suggestedFilename()).toBe(`full.${kind}`);
    return bodyOf(download);
  }
  async function openTable(page: Page): Promise<Locator> {
    await page.locator(by("table")).click();
    const grid = page.locator(by("records-grid"));
    await page.waitForFunction(() => /\w/.test(document.querySelector("[data-index='0'] [data-key='record'], [data-index='0'] [data-key='group']")?.textContent ?? "") && !/^–$/.test(document.querySelector("[data-index='0'] [data-key='date']")?.textContent ?? "–"));
    return grid;
  }
  const cells = (page: Page, key: string) => page.locator(`.grid-body [data-key="${key}"]`).allInnerTexts();

  it("come before the facets, with subgroups and examples above them", async () => {
    const page = await go();
    await page.locator("[role=treeitem][aria-level='1'] .name").nth(2).click();
    const [subgroups, examples, facets] = [page.getByRole("heading", { name: "Subgroups" }), page.locator(by("examples")), page.getByRole("heading", { name: /^Facets/ })];
    await examples.locator(".example").first().waitFor();
    const [a, b, c] = [await box(subgroups), await box(examples), await box(facets)];
    expect(a.y).toBeLessThan(b.y);
    expect(b.y + b.height).toBeLessThan(c.y);
    expect(await examples.locator(".example").count()).toBe(4);
    const pane = await box(page.locator(by("details")));
    for (const one of await examples.locator(".example").all()) {
      const at = await box(one);
      expect(at.x >= pane.x && at.x + at.width <= pane.x + pane.width).toBe(true);
      expect(at.height).toBeGreaterThan(30);
    }
    const text = await examples.locator(".example").first().locator("span").innerText();
    await examples.locator(".example").first().click();
    await page.locator(by("record")).waitFor();
    expect(await page.locator(`${by("record")} .said`).first().innerText()).toBe(text);
  });

  it("fill a table as wide as the page, whose headings stand over their cells", async () => {
    const page = await go();
    const grid = await openTable(page);
    const table = await box(page.locator(by("records")));
    expect(table.x).toBe(0);
    expect(table.width).toBe(1280);
    expect(Math.round(table.y + table.height)).toBe(720);
    expect(await grid.getAttribute("aria-rowcount")).toBe("201");
    for (const key of ["record", "group", "date"]) {
      const head = await box(page.locator(`[role=columnheader][data-key="${key}"]`));
      const cell = await box(page.locator(`[data-index="3"] [data-key="${key}"]`));
      expect(Math.abs(head.x - cell.x)).toBeLessThan(1);
      expect(Math.abs(head.width - cell.width)).toBeLessThan(1);
    }
    const [first, second] = [await box(page.locator("[data-index='0']")), await box(page.locator("[data-index='1']"))];
    expect(Math.abs(second.y - first.y - 30)).toBeLessThan(0.5);
    const head = await box(page.locator(".grid-head"));
    expect(Math.abs(first.y - (head.y + head.height))).toBeLessThan(1.5);
    expect(await page.locator(".tree-pane").isVisible()).toBe(false);
    await page.keyboard.press("Escape");
    await page.locator(by("records")).waitFor({ state: "detached" });
    expect(await page.locator(".tree-pane").isVisible()).toBe(true);
    await page.waitForFunction(() => document.activeElement?.getAttribute("data-test") === "table");
  });

  it("are drawn only where they are in sight, to the last", async () => {
    const page = await go();
    const grid = await openTable(page);
    expect(await page.locator("[data-index]").count()).toBeLessThan(60);
    await grid.evaluate((one) => (one.scrollTop = one.scrollHeight));
    const last = page.locator("[data-index='199']");
    await last.waitFor();
    expect(inside(await box(last), await box(grid))).toBe(true);
    expect(await page.locator("[data-index='100']").count()).toBe(0);
  });

  it("are moved through by keyboard", async () => {
    const page = await go();
    await openTable(page);
    await page.locator("[data-index='0'] [aria-colindex='1']").focus();
    const focused = () => page.evaluate(() => [document.activeElement?.closest("[data-index]")?.getAttribute("data-index"), document.activeElement?.getAttribute("aria-colindex")]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toEqual(["1", "2"]);
    await page.keyboard.press("PageDown");
    const [row] = await focused();
    expect(Number(row)).toBeGreaterThan(10);
    await page.keyboard.press("Control+End");
    expect((await focused())[0]).toBe("199");
    expect(inside(await box(page.locator("[data-index='199'] [role=gridcell]:focus")), await box(page.locator(by("records-grid"))))).toBe(true);
    await page.keyboard.press("Control+Home");
    expect(await focused()).toEqual(["0", "1"]);
    await page.keyboard.press(" ");
    expect(await page.locator("[data-index='0']").getAttribute("aria-selected")).toBe("true");
    expect(await page.locator(by("records-count")).innerText()).toContain("1 ticked");
    await page.keyboard.press("Enter");
    await page.locator(by("record")).waitFor();
    await page.keyboard.press("Escape");
    await page.locator(by("record")).waitFor({ state: "detached" });
    expect(await page.locator(by("records")).isVisible()).toBe(true);
    await page.keyboard.press("Escape");
    await page.locator(by("records")).waitFor({ state: "detached" });
  });

  it("are sorted, filtered, searched, and shown by the columns that are chosen", async () => {
    const page = await go();
    const grid = await openTable(page);
    await page.locator("[role=columnheader][data-key='date'] .sort").click();
    expect(await page.locator("[role=columnheader][data-key='date']").getAttribute("aria-sort")).toBe("ascending");
    expect((await cells(page, "date"))[0]).toBe("1 Mar 2026");
    await page.locator("[role=columnheader][data-key='date'] .sort").click();
    expect((await cells(page, "date"))[0]).toBe("28 Mar 2026");
    await page.locator(by("columns")).locator("summary").click();
    const list = page.locator(`${by("columns")} > div`);
    const menu = await box(list);
    expect(inside(menu, { x: 0, y: 0, width: 1280, height: 720 })).toBe(true);
    expect(await page.evaluate(([x, y]) => Boolean(document.elementFromPoint(x, y)?.closest("[data-test=columns]")), [menu.x + 20, menu.y + 20])).toBe(true);
    await list.locator("[data-key='column:plan']").check();
    await list.locator("[data-key='date']").uncheck();
    await page.keyboard.press("Escape");
    expect(await list.isVisible()).toBe(false);
    expect(await page.locator("[role=columnheader][data-key='date']").count()).toBe(0);
    await page.locator(by("filter-plan")).selectOption({ label: (await page.locator(`${by("filter-plan")} option`).nth(1).innerText()).trim() });
    await page.locator(`.records ${by("chips")}`).waitFor();
    const values = new Set(await cells(page, "column:plan"));
    expect(values.size).toBe(1);
    const rows = Number(await grid.getAttribute("aria-rowcount")) - 1;
    expect(rows).toBeLessThan(200);
    expect(rows).toBeGreaterThan(0);
    await page.locator(by("records-search")).fill("r1 free");
    await page.waitForFunction((before) => Number(document.querySelector("[data-test=records-grid]")?.getAttribute("aria-rowcount")) - 1 < before, rows);
    for (const id of await cells(page, "record")) expect(id).toContain("r1");
    await page.locator(by("records-search")).fill("no such words");
    await page.getByText("No row matches.").waitFor();
  });

  it("lie in the address as they are shown: after a reload, for someone with the link, and for the back button", async () => {
    const page = await go();
    await openTable(page);
    await page.locator("[role=columnheader][data-key='date'] .sort").click();
    await page.locator("[role=columnheader][data-key='date'] .sort").click();
    await page.locator(by("columns")).locator("summary").click();
    await page.locator("input[data-key='column:plan']").check();
    await page.locator("input[data-key='column:language']").uncheck();
    await page.locator(by("records-search")).fill("paid r1");
    await page.waitForFunction(() => location.hash.includes("table=paid") && location.hash.includes("show="));
    const shown = async (one: Page) => [
      await one.locator(".grid-head [data-key]").evaluateAll((all) => all.map((head) => `${(head as HTMLElement).dataset.key} ${head.getAttribute("aria-sort")}`)),
      await one.locator(by("records-search")).inputValue(),
      await cells(one, "record"),
    ];
    const before = await shown(page);
    expect(before[0]).toContain("date descending");
    expect(before[0]).not.toContain("column:language none");
    const { hash } = new URL(page.url());
    await page.reload();
    const ids = (one: Page) => one.waitForFunction((text) => document.querySelector("[data-index='0'] [data-key='record']")?.textContent === text, before[2][0]);
    await ids(page);
    expect(await shown(page)).toEqual(before);
    await page.keyboard.press("Escape");
    await page.locator(by("records")).waitFor({ state: "detached" });
    await page.waitForFunction(() => !location.hash.includes("table="));
    await page.goBack();
    await ids(page);
    expect(await shown(page)).toEqual(before);
    await page.goForward();
    await page.locator(by("records")).waitFor({ state: "detached" });
    const other = await go({ map: false }, hash); // the table covers the map
    await ids(other);
    expect(await shown(other)).toEqual(before);
  });

  it("have their ids on the served page, and a copy of what is shown", async () => {
    const page = await go({ permissions: ["clipboard-read", "clipboard-write"] });
    await openTable(page);
    const known = sources();
    for (const ids of await cells(page, "record")) for (const id of ids.split("; ")) expect(known.has(id), id).toBe(true);
    await page.locator("[data-index='1'] input").check();
    await page.locator("[data-index='4'] input").check();
    await page.locator(by("copy-rows")).click();
    await page.waitForFunction(() => document.querySelector("[role=status].unseen")?.textContent === "2 rows copied");
    const [head, ...lines] = (await page.evaluate(() => navigator.clipboard.readText())).split("\n").map((line) => line.split("\t"));
    expect(head.slice(0, 2)).toEqual(["Record id", "Group"]);
    const shown = await cells(page, "record");
    expect(lines.map((line) => line[0])).toEqual([shown[1], shown[4]]);
    for (const line of lines) for (const cell of line) expect(cell).not.toMatch(/^[=+@]/);
  });

  it("are downloaded as CSV, JSONL and Parquet that hold what the source holds", async () => {
    const page = await go();
    await page.locator("[role=treeitem][aria-level='1'] .name").nth(2).click();
    await openTable(page);
    await page.locator(by("columns")).locator("summary").click();
    await page.locator(`${by("columns")} [data-key='column:plan']`).check();
    await page.keyboard.press("Escape");
    const shown = await cells(page, "record");
    const count = Number(await page.locator(by("records-grid")).getAttribute("aria-rowcount")) - 1;
    const known = sources();
    const jsonl = (await downloaded(page, "jsonl")).toString("utf8").trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown> & { record: string[] });
    expect(jsonl.length).toBe(count);
    expect(jsonl.slice(0, shown.length).map((one) => one.record.join("; "))).toEqual(shown);
    for (const one of jsonl) {
      const source = known.get(one.record.at(-1)!)!;
      expect(String(one.date).slice(0, 10)).toBe(source.created_at.slice(0, 10));
      expect(one.meta_plan).toBe(source.metadata.plan);
    }
    const csv = await downloaded(page, "csv");
    const parquet = await downloaded(page, "parquet");
    const code = [
      "import csv, io, json, sys, polars as pl",
      "data = json.load(sys.stdin)",
      "rows = list(csv.DictReader(io.StringIO(bytes(data['csv']).decode('utf-8-sig'))))",
      "table = pl.read_parquet(io.BytesIO(bytes(data['parquet'])))",
      "bad = [cell for row in rows for cell in row.values() if cell[:1] in ('=', '+', '@') or (cell[:1] == '-' and not cell[1:2].isdigit())]",
      "print(json.dumps({'csv': [row['record'] for row in rows], 'parquet': table['record'].to_list(), 'plan': table['meta_plan'].to_list(), 'bad': bad, 'date': str(table.schema['date'])}))",
    ].join("\n");
    const read = spawnSync(process.env.PYTHON ?? "python3", ["-c", code], { input: JSON.stringify({ csv: [...csv], parquet: [...parquet] }), encoding: "utf8" });
    const found = JSON.parse(read.stdout) as { csv: string[]; parquet: string[][]; plan: string[]; bad: string[]; date: string };
    expect(found.csv).toEqual(jsonl.map((one) => one.record.join("; ")));
    expect(found.parquet).toEqual(jsonl.map((one) => one.record));
    expect(found.plan).toEqual(jsonl.map((one) => one.meta_plan));
    expect(found.bad).toEqual([]);
    expect(found.date).toContain("Datetime");
  });

  it("have no ids and no Parquet in an exported file, whose CSV and JSONL open from disk", async () => {
    const page = await file("full");
    await openTable(page);
    expect(await page.locator("[data-key='record']").count()).toBe(0);
    expect(await page.locator(by("download-parquet")).count()).toBe(0);
    const text = readFileSync(join(inject("atlases"), "full.html"), "utf8");
    expect(text).not.toContain("copy-r1");
    const lines = (await downloaded(page, "jsonl")).toString("utf8").trim().split("\n");
    expect(lines.length).toBe(200);
    const csv = (await downloaded(page, "csv")).toString("utf8");
    expect(csv.startsWith("\ufeffGroup,")).toBe(true);
    await page.locator("[data-index='0'] [data-key='group']").click();
    await page.locator(by("record")).waitFor();
    expect(await page.locator(by("neighbours")).count()).toBe(0);
  });

  it("are not there at all in a published atlas", async () => {
    const page = await file("published");
    for (const name of ["table", "open-table", "downloads", "examples"]) expect(await page.locator(by(name)).count(), name).toBe(0);
    await page.locator("[role=treeitem][aria-level='1'] .name").first().click();
    for (const name of ["open-table", "downloads", "examples"]) expect(await page.locator(by(name)).count(), name).toBe(0);
    expect(await page.locator(by("knows")).count()).toBe(0); // a group is selected
    await page.keyboard.press("Escape");
  });

  it("lead to their neighbours, their text and their group", async () => {
    const page = await go();
    await openTable(page);
    await page.locator("[data-index='2'] [data-key='date']").click();
    const record = page.locator(by("record"));
    await record.locator(`${by("neighbours")} button`).first().waitFor();
    const [pane, grid] = [await box(record), await box(page.locator(by("records-grid")))];
    expect(pane.x).toBeGreaterThanOrEqual(grid.x + grid.width - 1);
    expect(Math.round(pane.x + pane.width)).toBe(1280);
    const near = record.locator(`${by("neighbours")} button`);
    expect(await near.count()).toBe(12);
    const cosines = (await near.locator(".note").allInnerTexts()).map(Number);
    expect(cosines).toEqual([...cosines].sort((a, b) => b - a));
    await record.locator(by("show-text")).click();
    await record.locator(".trace").waitFor();
    expect(await record.locator(".trace").innerText()).toMatch(/Case \d+/);
    const next = await near.first().getAttribute("data-row");
    await near.first().click();
    await page.waitForFunction((row) => document.querySelector("[data-test=record]")?.getAttribute("data-row") === row, next);
    const name = await record.locator(by("record-group")).last().innerText();
    await record.locator(by("record-group")).last().click();
    await page.locator(by("records")).waitFor({ state: "detached" });
    expect(await page.locator(`${by("details")} h2`).innerText()).toContain(name);
  });

  it("are found by words, shown with the text around, and selected all at once", async () => {
    const page = await go();
    await page.locator(".search input").fill("python case");
    await page.locator(by("select-hits")).waitFor();
    const hit = page.locator("#hits .around").first();
    expect(await hit.locator("mark").allInnerTexts()).toEqual(expect.arrayContaining(["python", "Case"]));
    const [list, line] = [await box(page.locator("#hits")), await box(hit)];
    expect(inside(line, list)).toBe(true);
    expect(inside(list, { x: 0, y: 0, width: 1280, height: 720 })).toBe(true);
    const n = Number((await page.locator(by("select-hits")).innerText()).match(/\d+/)![0]);
    expect(n).toBe(40);
    await page.locator(".search input").press("Enter"); // it is the first, since no group has these words
    await page.waitForFunction(() => document.querySelector("[data-test=groups-of]"));
    expect(await page.locator(`${by("details")} h2`).innerText()).toContain("Found: “python case”");
    expect(await page.locator(by("figures")).innerText()).toMatch(/^48 conversations/);
    await page.waitForFunction(() => location.hash.includes("found=python+case"));
    const again = await go({}, `#${new URL(page.url()).hash.slice(1)}`);
    await again.locator(by("groups-of")).waitFor();
    expect(await again.locator(by("figures")).innerText()).toMatch(/^48 conversations/);
    await again.locator(by("open-table")).click();
    expect(await again.locator(by("records-grid")).getAttribute("aria-rowcount")).toBe("41");
  });

  it("inside a line on the map list their groups and words before their facets", async () => {
    const page = await go({}, "#lasso=-1,-1+1,-1+1,0.02+-1,0.02");
    const [groups, words, facets] = [page.locator(by("groups-of")), page.locator(by("words-of")), page.getByRole("heading", { name: /^Facets/ })];
    await words.waitFor();
    const [a, b, c] = [await box(groups), await box(words), await box(facets)];
    expect(a.y).toBeLessThan(b.y);
    expect(b.y).toBeLessThan(c.y);
    const counts = (await groups.locator(".note").allInnerTexts()).map((text) => Number(text.match(/^\d+/)![0]));
    const all = Number((await page.locator(by("figures")).innerText()).match(/^\d+/)![0]);
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(all);
    expect(await words.locator("span").count()).toBeGreaterThan(2);
    await groups.locator("button").first().click();
    await page.waitForFunction(() => location.hash.includes("group="));
  });

  it("are told of in three sentences that the command prints too, and that lead to where they come from", async () => {
    const shown = spawnSync(process.env.PYTHON ?? "python3", ["-c", "from clioscope.cli import main; main()", "show", join(inject("atlases"), "full")], { encoding: "utf8" }).stdout;
    const page = await go();
    const things = page.locator(by("thing"));
    expect(await things.count()).toBe(3);
    for (const [place, sentence] of (await things.allInnerTexts()).entries()) expect(shown).toContain(`${place + 1}. ${sentence.replace(/\s+/g, " ").trim()}`);
    const [knows, map] = [await box(page.locator(by("knows"))), await box(page.locator(by("map")))];
    expect(knows.x).toBeGreaterThanOrEqual(map.x + map.width - 1);
    for (const one of await things.all()) expect(inside(await box(one), await box(page.locator(by("details"))))).toBe(true);
    await things.nth(1).focus();
    await page.keyboard.press("Enter");
    await page.locator(by("compare-pane")).waitFor();
    await page.locator(by("compare")).click();
    const text = await page.locator(`${by("thing")}[data-kind=differs]`).innerText();
    await page.locator(`${by("thing")}[data-kind=differs]`).click();
    const told = page.locator(".facet.told");
    await told.waitFor();
    expect(inside({ ...(await box(told)), height: 20 }, await box(page.locator(by("details"))))).toBe(true);
    const [, value, share] = /“([^”]+)” is more frequent there, (\S+)\s%/.exec(text)!;
    const row = told.locator("tr").filter({ has: page.locator(`button[title="${value}"]`) });
    expect(await row.locator(".share .number").innerText()).toBe(`${share} %`);
  });

  it("are the same in Russian, in the dark, on a narrow page", async () => {
    const page = await go({ colorScheme: "dark", locale: "ru-RU", viewport: { width: 640, height: 480 } });
    await page.locator(by("details-sheet")).click();
    expect(await page.locator(by("knows")).innerText()).toMatch(/Три главных факта[\s\S]*Самая большая из верхних групп/);
    await page.keyboard.press("Escape");
    await openTable(page);
    expect(await page.locator("[role=columnheader][data-key='record']").innerText()).toContain("Идентификатор");
    expect(await page.locator(by("records-count")).innerText()).toBe("200 строк");
    const frame = { x: 0, y: 0, width: 640, height: 480 };
    for (const name of ["records-search", "copy-rows", "close-table", "columns"]) expect(inside(await box(page.locator(by(name))), frame), name).toBe(true);
    for (const kind of ["csv", "jsonl", "parquet"]) expect(inside(await box(page.locator(`.records ${by(`download-${kind}`)}`)), frame), kind).toBe(true);
    const light = await page.locator(by("records")).evaluate((one) => getComputedStyle(one).backgroundColor);
    expect(light).toBe("rgb(23, 28, 35)");
    await page.locator("[data-index='1'] [data-key='group']").click();
    await page.locator(`${by("record")} ${by("neighbours")} button`).first().waitFor();
    const record = await box(page.locator(by("record")));
    expect([record.x, record.width]).toEqual([0, 640]);
    expect(await page.locator(by("record")).innerText()).toContain("Ближайшие разговоры");
    await page.keyboard.press("Escape");
    await page.locator(by("record")).waitFor({ state: "detached" });
    await page.locator(".search input").fill("python case");
    await page.locator(by("select-hits")).waitFor();
    expect(inside(await box(page.locator("#hits")), frame)).toBe(true);
    expect(await page.locator(by("select-hits")).innerText()).toBe("Выделить все 40 разговоров с этими словами");
  });

  it("of an atlas of segments are its segments, and those of one conversation are no neighbours", async () => {
    const cut = await serve(join(inject("atlases"), "segments"));
    try {
      const one = await open(browser, cut.address, { map: false });
      opened = [...opened, one];
      const { page } = one;
      await page.locator(by("table")).click();
      await page.waitForFunction(() => /\w/.test(document.querySelector("[data-index='0'] [data-key='record']")?.textContent ?? ""));
      const count = Number(await page.locator(by("records-grid")).getAttribute("aria-rowcount")) - 1;
      expect(count).toBeGreaterThan(121);
      const [download] = await Promise.all([page.waitForEvent("download"), page.locator(`.records ${by("download-jsonl")}`).click()]);
      const rows = (await bodyOf(download)).toString("utf8").trim().split("\n").map((line) => JSON.parse(line) as { conversation: string });
      expect(rows.length).toBe(count);
      expect(new Set(rows.map((row) => row.conversation)).size).toBeLessThan(count);
      await page.locator("[data-index='0'] [data-key='group']").click();
      await page.locator(`${by("neighbours")} button`).first().waitFor();
      const row = Number(await page.locator(by("record")).getAttribute("data-row"));
      const near = await page.locator(`${by("neighbours")} button`).evaluateAll((all) => all.map((button) => Number(button.getAttribute("data-row"))));
      expect(near.every((other) => rows[other].conversation !== rows[row].conversation)).toBe(true);
    } finally {
      cut.stop();
    }
  });
});
