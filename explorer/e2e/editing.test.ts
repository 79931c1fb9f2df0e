/** Edits in the served page, by mouse and by keys; none of them in an exported one. */

import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { hasChromium, launch, open, type Opened } from "./browser";

const by = (name: string) => `[data-test="${name}"]`;

describe.skipIf(!hasChromium)("editing", () => {
  let browser: Browser;
  let server: ChildProcess;
  let opened: Opened;
  let page: Page;
  const folder = () => join(inject("atlases"), "edited"); // a copy: other files' tests read the original
  const lines = () =>
    readFileSync(join(folder(), "edits.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { op: string; name?: string; to?: string });
  const rows = () => page.locator("[role=treeitem]");
  const names = () => rows().locator(".name").allInnerTexts();
  /** Presses Enter on the form's main button, which must be seen and on: `press` alone waits for neither. */
  const pressSave = async () => {
    await page.locator(`${by("save")}:enabled`).waitFor();
    await page.locator(by("save")).press("Enter");
  };
  const idle = () => page.waitForFunction(() => !document.querySelector(".toast"));

  beforeAll(async () => {
    rmSync(folder(), { recursive: true, force: true });
    cpSync(join(inject("atlases"), "mine"), folder(), { recursive: true });
    browser = await launch();
    const code = "from clioscope.cli import main; main()";
    server = spawn(process.env.PYTHON ?? "python3", ["-c", code, "explore", folder(), "--no-open"]);
    const address = await new Promise<string>((found, failed) => {
      server.stdout!.on("data", (data: Buffer) => {
        const line = /http:\S+/.exec(String(data));
        if (line) found(line[0]);
      });
      server.on("exit", () => failed(new Error("the server stopped")));
    });
    opened = await open(browser, address);
    page = opened.page;
    await page.getByText("Expand all").click();
  });
  afterAll(async () => {
    await browser?.close();
    server?.kill("SIGINT");
  });

  afterEach(() => expect(opened.errors, "errors on the page").toEqual([]));

  it("renames by a double click, and takes no detail of few people unless the analyst vouches for it", async () => {
    const row = rows().nth(1);
    const before = await row.locator(".name").innerText();
    await row.dblclick();
    await page.locator(by("rename")).fill("Всё о Зорбатехе");
    await page.keyboard.press("Enter");
    await page.locator(by("problem")).waitFor();
    expect(await page.locator(by("problem")).innerText()).toContain("fewer than 3 people");
    await page.locator(by("vouch-again")).click();
    await page.locator(".tree").getByText("Всё о Зорбатехе").waitFor();
    await idle();
    expect(await names()).not.toContain(before);
    expect(lines().map((one) => one.op)).toEqual(["rename"]);
    opened.errors.length = 0; // the browser tells of the refusal
  });

  it("undoes and redoes by keys", async () => {
    const read = () => opened.requests.filter((one) => one.includes("/array/")).length;
    const before = read();
    await rows().first().focus();
    await page.keyboard.press("Control+z");
    await page.locator(".tree").getByText("Всё о Зорбатехе").waitFor({ state: "detached" });
    await idle();
    await page.keyboard.press("Control+Shift+z");
    await page.locator(".tree").getByText("Всё о Зорбатехе").waitFor();
    await idle();
    expect(lines().map((one) => one.op)).toEqual(["rename", "undo", "redo"]);
    expect(read(), "a name is in no array, so none is read again").toBe(before);
  });

  it("merges from the menu, and selects what it made", async () => {
    const inner = page.locator("[aria-level='2']");
    const count = await rows().count();
    await inner.first().click({ button: "right" });
    await page.locator(`${by("menu")} [data-op=opMerge]`).click();
    await page.locator(by("partners")).selectOption({ index: 0 });
    await page.locator(by("save")).click();
    await page.waitForFunction((before) => document.querySelectorAll("[role=treeitem]").length < before, count);
    await idle();
    await page.locator("[role=treeitem][aria-selected=true]").waitFor();
    const merged = lines().at(-1)!;
    expect(merged.op).toBe("merge");
    expect(await page.locator(".details .description").innerText()).toContain("Set apart by");
  });

  it("splits from the button in the panel", async () => {
    await page.locator(by("edit-menu")).click();
    await page.locator(`${by("menu")} [data-op=opSplit]`).click();
    await page.locator(by("into")).fill("3");
    const count = await rows().count();
    await page.locator(by("save")).click();
    await page.waitForFunction((before) => document.querySelectorAll("[role=treeitem]").length === before + 2, count);
    await idle();
  });

  it("moves by dragging", async () => {
    const from = page.locator("[aria-level='2']").first();
    const name = await from.locator(".name").innerText();
    // Both must be in view: a drag begins at what lies under the pointer after the list has scrolled.
    const target = page.locator("[aria-level='1'][aria-expanded]").nth(1);
    const to = await target.locator(".name").innerText();
    await from.dragTo(target);
    await page.waitForFunction(
      ([moved, above]) => {
        const all = [...document.querySelectorAll("[role=treeitem]")];
        const text = (one: Element) => one.querySelector(".name")!.textContent!.trim();
        const at = all.findIndex((one) => text(one) === above);
        return all.slice(at + 1).some((one) => text(one) === moved);
      },
      [name, to] as const,
    );
    await idle();
    expect(lines().at(-1)!.op).toBe("move");
  });

  it("hides by Delete, and shows again from the history", async () => {
    const row = page.locator("[aria-level='2']").last();
    const name = await row.locator(".name").innerText();
    await row.focus();
    await page.keyboard.press("Delete");
    await page.locator(".tree").getByText(name, { exact: true }).waitFor({ state: "detached" });
    await idle();
    await page.locator(by("history")).click();
    const pane = page.locator(by("history-pane"));
    expect(await pane.innerText()).toContain("Hidden groups");
    expect(await pane.locator("li").count()).toBe(5);
    await pane.getByText("Show again").click();
    await page.waitForFunction(() => !document.querySelector(".hidden-group"));
    if (await page.getByText("Expand all").count()) await page.getByText("Expand all").click();
    await page.locator(".tree").getByText(name, { exact: true }).waitFor();
    await idle();
  });

  it("names anew from the keyboard, and says what the name is made of", async () => {
    const row = page.locator("[aria-level='2']").first();
    await row.focus();
    await page.keyboard.press("Shift+F10");
    await page.locator(by("menu")).waitFor();
    const box = (await page.locator(by("menu")).boundingBox())!;
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.y + box.height).toBeLessThanOrEqual(720);
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.op)).toBe("opName");
    await page.keyboard.press("Enter");
    expect(await page.locator(`${by("form")} .explained`).innerText()).toContain("phrases that set the group apart");
    await pressSave();
    await page.waitForFunction(() => !document.querySelector("dialog"));
    await idle();
    expect(lines().at(-1)!.op).toBe("name");
  });

  it("reaches every operation from the menu", async () => {
    await page.locator("[aria-level='2']").first().click({ button: "right" });
    const all = await page.locator(`${by("menu")} button`).evaluateAll((found) => found.map((one) => (one as HTMLElement).dataset.op));
    expect(all).toEqual([
      ...["opRename", "opName", "opDescribe", "opVouch", "opAudit", "opMerge", "opSplit", "opMove", "opMoveConversations", "opHide"],
      ...["opPin", "opNote", "opColour", "undoLast", "redoLast", "history"],
    ]);
    await page.locator(`${by("menu")} [data-op=opAudit]`).click();
    await page.locator(by("form")).waitFor(); // in the page and seen
    expect(await page.locator(by("save")).isDisabled()).toBe(true);
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !document.querySelector("dialog"));
  });

  it("moves a conversation that is ticked, by keys alone, to a group that is searched for", async () => {
    if (await page.getByText("Expand all").count()) await page.getByText("Expand all").click();
    const [from, to] = [page.locator("[aria-level='2']").first(), page.locator("[aria-level='2']").last()];
    const target = await to.locator(".name").innerText();
    await from.focus();
    await page.keyboard.press("ContextMenu");
    await page.locator(`${by("menu")} [data-op=opMoveConversations]`).press("Enter");
    await page.waitForFunction(() => (document.activeElement as HTMLInputElement)?.type === "checkbox");
    await page.keyboard.press("Space");
    expect(await page.locator(by("list")).innerText()).toContain("1 ticked");
    await page.locator(by("move-ticked")).press("Enter");
    await page.locator(by("find-group")).fill(target);
    expect(await page.locator(`${by("target")} option`).first().innerText()).toContain(target);
    await pressSave();
    await page.waitForFunction(() => !document.querySelector("dialog"));
    await idle();
    const last = lines().at(-1)! as { op: string; conversations?: string[]; to?: string };
    expect([last.op, last.conversations?.length]).toEqual(["move", 1]);
    expect(await page.locator(`${by("history-pane")} li`).first().innerText()).toContain(`1 conversation → ${target}`);
  });

  it("moves what a line on the map takes in, and undoes one edit of the history", async () => {
    await page.locator(by("history")).click();
    await page.evaluate(() => (location.hash = "lasso=-1,-1 1,-1 1,0 -1,0"));
    const button = page.locator(by("move-selection"));
    await button.waitFor();
    const count = Number(/\d+/.exec(await button.innerText())![0]);
    expect(count).toBeGreaterThan(1);
    await button.click();
    expect(await page.locator(`${by("form")} h3`).innerText()).toBe(`Move ${count} conversations to`);
    await page.locator(by("save")).click();
    await page.waitForFunction(() => !document.querySelector("dialog"));
    await idle();
    expect((lines().at(-1)! as { conversations?: string[] }).conversations).toHaveLength(count);
    await page.locator(by("history")).click();
    await page.locator(by("history-undo")).first().click();
    await page.waitForFunction(() => document.querySelector("[data-test=history-pane] li")?.className === "off");
    await idle();
    expect(lines().at(-1)!.op).toBe("undo");
    await page.evaluate(() => (location.hash = ""));
  });

  it("says in Russian why something is refused, and what no longer applies", async () => {
    const path = join(folder(), "edits.jsonl");
    const gone = { id: "zz", at: "2026-01-01T00:00:00+00:00", author: "ann", op: "note", group: "g0", text: "x" };
    writeFileSync(path, `${readFileSync(path, "utf8")}${JSON.stringify(gone)}\n`);
    await page.locator(by("language")).click();
    const row = page.locator("[aria-level='2']").first();
    await row.dblclick();
    await page.locator(by("rename")).fill("Всё о Квазимотроне");
    await page.keyboard.press("Enter");
    const toast = page.locator(by("problem"));
    await toast.waitFor();
    expect(await toast.innerText()).toMatch(/^Правка не внесена: в группе меньше 3 человек написали: .*Квазимотроне/);
    const box = (await toast.boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(1280);
    expect(box.y + box.height).toBeLessThanOrEqual(720);
    await toast.getByText("Отмена").click();
    await row.focus();
    await page.keyboard.press("Delete");
    await page.locator(".history em").first().waitFor();
    expect(await page.locator(".history em").first().innerText()).toBe(
      "больше не применяется: группы g0 больше нет: ни одна группа этой сборки её не продолжает",
    );
    await idle();
    await page.locator(by("language")).click();
    opened.errors.length = 0; // the browser tells of the refusal
  });

  it("is not there in an exported page", async () => {
    const exported = await open(browser, pathToFileURL(join(inject("atlases"), "full.html")).href, { offline: true });
    await exported.page.locator("[role=treeitem]").first().dblclick();
    await exported.page.locator("[role=treeitem]").first().click({ button: "right" });
    await exported.page.keyboard.press("F2");
    expect(await exported.page.locator(`${by("rename")}, ${by("menu")}, ${by("history")}, ${by("edit-menu")}`).count()).toBe(0);
    expect(await exported.page.locator("[draggable=true]").count()).toBe(0);
    await exported.page.context().close();
  });
});
