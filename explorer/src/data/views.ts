/** Saved views as the server keeps them. */

import { ask } from "./load";

export interface SavedView {
  name: string;
  note: string;
  /** The end of the page's address, after the #. */
  address: string;
  author: string;
  /** ISO time of the last change. */
  at: string;
}

export async function loadViews(): Promise<SavedView[]> {
  return (await (await ask("views")).json()) as SavedView[];
}

/** Saves, changes or deletes one; the views as they are then. Throws a Refusal when it cannot be done. */
export async function askViews(asked: Record<string, string>): Promise<SavedView[]> {
  const response = await ask("views", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked) });
  return (await response.json()) as SavedView[];
}
