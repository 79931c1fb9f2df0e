/** Where the view comes from: out of the page itself, or from the server that served the page. */

import { inflate } from "./container";
import { readView, type View } from "./view";

export interface Abilities {
  meaning: boolean;
  traces: boolean;
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

export async function load(): Promise<Loaded> {
  const element = document.getElementById("view")!;
  const inside = element.textContent?.trim();
  if (inside) {
    element.textContent = ""; // megabytes of text that nothing needs any more
    return { view: readView(await inflate(inside)), abilities: { meaning: false, traces: false } };
  }
  const [view, abilities] = await Promise.all([ask("view"), ask("abilities")]);
  return { view: readView(await view.arrayBuffer()), abilities: (await abilities.json()) as Abilities };
}
