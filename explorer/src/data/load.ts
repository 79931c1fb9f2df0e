/** Where the view comes from: out of the page itself, or from the server that served the page. */

import { inflate } from "./container";
import { readView, type View } from "./view";

export interface Abilities {
  meaning: boolean;
  traces: boolean;
  /** Whether the groups can be edited: only where the page is served. */
  edit: boolean;
  /** Whether edits may ask the atlas's language model for names. */
  model: boolean;
  /** Whether the server has a report card of the atlas. */
  report: boolean;
}

export interface Loaded {
  view: View;
  abilities: Abilities;
}

const token = new URLSearchParams(location.search).get("token") ?? "";

/** The address of another page of the server. */
export function linkTo(path: string): string {
  return `${path}?token=${encodeURIComponent(token)}`;
}

/** A part of a sentence of the server: a key of `words/refusals.ts`, and its fields, which may be parts themselves. */
export interface Said {
  key: string;
  fields: Record<string, string | number | Said>;
}

/** What the server does not do. `message` is its sentence in English, `said` the same by its key, if it has one. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly said: Said | null,
  ) {
    super(message);
  }
}

/** Asks the server that served this page. Throws a Refusal when it refuses or cannot be reached. */
export async function ask(path: string, more: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...more, headers: { "X-Clioscope-Token": token, ...more.headers } });
  } catch {
    throw new Refusal("The server does not answer; start clioscope explore again.", { key: "page_silent", fields: {} });
  }
  if (response.ok) return response;
  if (response.status === 403) throw new Refusal(await response.text(), { key: "page_token", fields: {} });
  if (!response.headers.get("Content-Type")?.startsWith("application/json")) throw new Refusal(await response.text(), null);
  const { text, ...said } = (await response.json()) as Said & { text: string };
  throw new Refusal(text, said);
}

/** Names the view that is shown, for edits that name its rows. */
let state = "";

/** The view as it is now, after an edit. */
export async function loadView(): Promise<View> {
  const response = await ask("view");
  state = response.headers.get("X-Clioscope-State") ?? "";
  return readView(await response.arrayBuffer());
}

export interface Edit {
  id: string;
  at: string;
  author: string;
  op: string;
  details: Record<string, unknown>;
  state: "applied" | "undone" | "no longer applies";
  why: string;
  said: Said | null;
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

/** Sends one operation; the ids of the groups that it made. Throws a Refusal when it cannot be done. */
export async function sendEdit(operation: Record<string, unknown>): Promise<string[]> {
  const body = JSON.stringify("rows" in operation ? { ...operation, state } : operation);
  const response = await ask("edit", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  return ((await response.json()) as { made: string[] }).made;
}

export async function load(): Promise<Loaded> {
  const element = document.getElementById("view")!;
  const inside = element.textContent?.trim();
  if (inside) {
    element.textContent = ""; // megabytes of text that nothing needs any more
    return { view: readView(await inflate(inside)), abilities: { meaning: false, traces: false, edit: false, model: false, report: false } };
  }
  const [view, abilities] = await Promise.all([loadView(), ask("abilities")]);
  return { view, abilities: (await abilities.json()) as Abilities };
}
