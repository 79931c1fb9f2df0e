/** Where the view comes from: out of the page itself, or from the server that served the page. */

import { inflate } from "./container";
import { Refusal, type Said } from "./refusal";
import { openView, readView, type View } from "./view";

export interface Abilities {
  meaning: boolean;
  traces: boolean;
  /** Whether the groups can be edited: only where the page is served. */
  edit: boolean;
  /** Whether edits may ask the atlas's language model for names. */
  model: boolean;
  /** What the earlier atlas is called that this one is compared with; null without one. */
  comparison?: string | null;
  /** Whether the server has a report card of the atlas. */
  report: boolean;
  /** Whether the server makes files of records, and finds words and neighbours. */
  records: boolean;
}

export interface Loaded {
  view: View;
  abilities: Abilities;
}

const token = new URLSearchParams(location.search).get("token") ?? "";

/** Whether a server served this page, and not a file. */
export let served = false;

/** The server knows this browser by its cookie, so the address needs no token: it can be kept and shown to others. */
function hideToken(): void {
  const address = new URL(location.href);
  if (!address.searchParams.has("token")) return;
  address.searchParams.delete("token");
  history.replaceState(history.state, "", address);
}

/** The address of another page of the server. */
export function linkTo(path: string): string {
  return `${path}?token=${encodeURIComponent(token)}`;
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

/** The name of the view that is shown. */
export function viewState(): string {
  return state;
}

/** The view as it is now; what an earlier state of it (`before`) has read and is the same is not read again. */
export async function loadView(before?: View): Promise<View> {
  const response = await ask("view");
  state = response.headers.get("X-Clioscope-State") ?? "";
  const view = openView(await response.arrayBuffer(), readArray);
  if (before) view.arrays.take(before.arrays);
  return view;
}

/** An array of the served view, by the name of its file, or a part of its bytes. */
async function readArray(file: string, part?: [from: number, to: number]): Promise<ArrayBuffer> {
  const response = await ask(`array/${file}`, part && { headers: { Range: `bytes=${part[0]}-${part[1] - 1}` } });
  return await response.arrayBuffer();
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
    return { view: readView(await inflate(inside)), abilities: { meaning: false, traces: false, edit: false, model: false, report: false, records: false } };
  }
  served = true;
  const [view, abilities] = await Promise.all([loadView(), ask("abilities")]);
  if (abilities.headers.get("X-Clioscope-Known")) hideToken();
  return { view, abilities: (await abilities.json()) as Abilities };
}
