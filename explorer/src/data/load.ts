/** Where the view comes from: out of the page itself, or from the server that served the page. */

import { inflate } from "./container";
import { readView, type View } from "./view";

export interface Abilities {
  meaning: boolean;
  traces: boolean;
  /** Whether the groups can be edited: only where the page is served. */
  edit: boolean;
}

export interface Loaded {
  view: View;
  abilities: Abilities;
}

const token = new URLSearchParams(location.search).get("token") ?? "";

/** Asks the server that served this page. Throws its sentence when it refuses. */
export async function ask(path: string): Promise<Response> {
  const response = await fetch(path, { headers: { "X-Clioscope-Token": token } });
  if (!response.ok) throw new Error(await response.text());
  return response;
}

/** The view as it is now, after an edit. */
export async function loadView(): Promise<View> {
  return readView(await (await ask("view")).arrayBuffer());
}

export interface Edit {
  id: string;
  at: string;
  author: string;
  op: string;
  details: Record<string, unknown>;
  state: "applied" | "undone" | "no longer applies";
  why: string;
}

/** What was edited, the latest first; what the next undo and redo would do; and what is hidden. */
export interface Edits {
  operations: Edit[];
  undo: string | null;
  redo: string | null;
  hidden: { group: string; name: string }[];
}

export async function loadEdits(): Promise<Edits> {
  return (await (await ask("edits")).json()) as Edits;
}

/** Sends one operation; the ids of the groups that it made. Throws the server's sentence when it cannot be done. */
export async function sendEdit(operation: Record<string, unknown>): Promise<string[]> {
  const response = await fetch("edit", {
    method: "POST",
    headers: { "X-Clioscope-Token": token, "Content-Type": "application/json" },
    body: JSON.stringify(operation),
  });
  if (!response.ok) throw new Error(await response.text());
  return ((await response.json()) as { made: string[] }).made;
}

export async function load(): Promise<Loaded> {
  const element = document.getElementById("view")!;
  const inside = element.textContent?.trim();
  if (inside) {
    element.textContent = ""; // megabytes of text that nothing needs any more
    return { view: readView(await inflate(inside)), abilities: { meaning: false, traces: false, edit: false } };
  }
  const [view, abilities] = await Promise.all([ask("view"), ask("abilities")]);
  return { view: readView(await view.arrayBuffer()), abilities: (await abilities.json()) as Abilities };
}
