/** Saved views: those of the server that served the page, or those that were exported with it. */

import { signal } from "@preact/signals";
import { askViews, loadViews, type SavedView } from "./data/views";
import { Refusal } from "./data/refusal";
import { served } from "./data/load";
import { addressOf, hashNow, notice, view } from "./state";
import { refusal, t } from "./words";

export const views = signal<SavedView[]>([]);
export const viewsOpen = signal(false);
export const viewProblem = signal<string | null>(null);

/** Reads the views of the server; a page that was exported brings its own. */
export async function readViews(): Promise<void> {
  if (served) await attempt(async () => (views.value = await loadViews()));
  else views.value = view.value.saved;
}

/** Does something about views, and says in the page's language why it was not done. */
async function attempt(act: () => Promise<unknown>): Promise<boolean> {
  viewProblem.value = null;
  try {
    await act();
    return true;
  } catch (error) {
    viewProblem.value = error instanceof Refusal ? refusal(error) : String(error);
    notice.value = viewProblem.value;
    return false;
  }
}

export async function saveView(name: string, note: string): Promise<boolean> {
  const done = await attempt(async () => (views.value = await askViews({ op: "save", name, note, address: hashNow() })));
  if (done) notice.value = t("viewSaved", { name });
  return done;
}

export async function changeView(name: string, more: { new_name?: string; note?: string; address?: string }): Promise<boolean> {
  const done = await attempt(async () => (views.value = await askViews({ op: "change", name, ...more })));
  if (done) notice.value = t("viewSaved", { name: more.new_name ?? name });
  return done;
}

export async function deleteView(name: string): Promise<void> {
  if (await attempt(async () => (views.value = await askViews({ op: "delete", name })))) notice.value = t("viewDeleted", { name });
}

export function openView(one: SavedView): void {
  location.hash = one.address;
  notice.value = t("viewOpened", { name: one.name });
}

/** Whether a view is what is on the screen. */
export function isShown(one: SavedView): boolean {
  return addressOf(one.address) === hashNow();
}
