/** A page around this one, as a cell of a notebook: it is told which rows are chosen, if it asks for that. */

import { effect } from "@preact/signals";
import { anyFilter } from "./logic/filter";
import { selectedRows } from "./logic/lists";
import { chosen, filters, pass, region, view } from "./state";

const QUIET = 120; // milliseconds: a filter that is dragged is one choice, not a hundred

export interface Told {
  /** Places of the rows that are chosen and pass the filters; none where nothing is chosen. */
  rows: Uint32Array;
  /** The id of the group that is chosen. */
  group: string | null;
}

/** What is chosen now. */
export function told(): Told {
  const at = region.value;
  const group = at?.kind === "group" ? view.value.groups[at.group].id : null;
  if (view.value.published || (!at && !anyFilter(filters.value))) return { rows: new Uint32Array(), group };
  return { rows: selectedRows(view.value, pass.value, chosen.value).slice(), group }; // it is given away
}

/** Waits for a page around this one to ask; from `start` on it is told every choice. */
export function listenAround(): { start: () => void } {
  let line: MessagePort | null = null;
  let started = false;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    if (!line || !started) return;
    const next = told();
    line.postMessage(next, [next.rows.buffer]);
  };
  const follow = () =>
    effect(() => {
      void [region.value, filters.value, chosen.value, pass.value];
      clearTimeout(waiting);
      waiting = setTimeout(tell, QUIET);
    });
  addEventListener("message", ({ source, data, ports }) => {
    if (parent === window || source !== parent || data?.clioscope !== "tell" || !ports[0]) return;
    line = ports[0];
    tell();
  });
  return {
    start: () => {
      if (!view.value.embedded) return;
      started = true;
      follow();
    },
  };
}
