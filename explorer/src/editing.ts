/** Edits of the groups: what is open, and what is sent to the server that served the page. */

import { signal } from "@preact/signals";
import { loadEdits, loadView, sendEdit, type Edits } from "./data/load";
import { Refusal } from "./data/refusal";
import { canMoveInto } from "./logic/moves";
import { hashNow, notice, ready, replaceView, view } from "./state";
import { refusal, t } from "./words";

export type Form = "merge" | "split" | "move" | "describe" | "note" | "colour" | "name" | "audit" | "move_conversations";
export type Operation = Record<string, unknown> & { op: string };

/** The group whose name is being written. */
export const renaming = signal<number | null>(null);
/** The group whose menu is open, and where. */
export const menu = signal<{ group: number; x: number; y: number; from: HTMLElement } | null>(null);
/** The form that is open: for a group, or (`rows`) for conversations, by their rows in the view. */
export const form = signal<{ kind: Form; group: number | null; rows?: number[] } | null>(null);
/** Conversations that are ticked in the list, by their rows; and whether the list waits to be opened for that. */
export const ticked = signal<ReadonlySet<number>>(new Set());
export const ticking = signal(false);
export const historyOpen = signal(false);
export const edits = signal<Edits | null>(null);
export const working = signal(false);
/** Why an edit was not done, and the operation, which the reader may vouch for. */
export const problem = signal<{ why: Refusal; operation: Operation } | null>(null);

export function openMenu(group: number, from: HTMLElement, at?: [number, number]): void {
  const box = from.getBoundingClientRect();
  const [x, y] = at ?? [box.left + 8, box.bottom];
  menu.value = { group, x, y, from };
}

/** Does an edit and shows the atlas as it is then; what it makes is selected. */
export async function edit(operation: Operation): Promise<boolean> {
  if (working.value) return false;
  working.value = true;
  problem.value = null;
  notice.value = t("working");
  try {
    const made = await sendEdit(operation);
    const next = await loadView(view.value);
    const hash = hashNow();
    await ready(next, hash);
    replaceView(next, hash, made[0] ?? null);
    ticked.value = new Set();
    edits.value = await loadEdits();
    notice.value = t("edited");
    return true;
  } catch (error) {
    problem.value = { why: error instanceof Refusal ? error : new Refusal(String(error), null), operation };
    notice.value = refusal(problem.value.why);
    return false;
  } finally {
    working.value = false;
  }
}

const id = (group: number) => view.value.groups[group].id;

export const renameGroup = (group: number, name: string) => edit({ op: "rename", group: id(group), name });
export const hideGroup = (group: number) => edit({ op: "hide", group: id(group), on: true });

/** Moves a group into another one, or, of a base group, beside it: into the group that it lies in. */
export function moveInto(group: number, target: number): Promise<boolean> {
  const to = canMoveInto(view.value, group, target) ? target : view.value.groups[target].parent;
  return edit({ op: "move", group: id(group), to: to === null ? null : id(to) });
}

export function undo(): void {
  if (edits.value?.undo) void edit({ op: "undo" });
}

export function redo(): void {
  if (edits.value?.redo) void edit({ op: "redo" });
}

/** Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y), anywhere but in a field. */
export function onKey(event: KeyboardEvent): void {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  if ((event.target as HTMLElement).closest("input, textarea, select")) return;
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  event.preventDefault();
  if (key === "y" || event.shiftKey) redo();
  else undo();
}
