/** The panes beside the map: how wide they are, and which one lies over the map where there is no room beside it. */

import { computed, signal } from "@preact/signals";

export type Pane = "tree" | "details";

/** The pane that lies over the map as a sheet on a narrow page; on a wide one both stand beside the map. */
export const sheet = signal<Pane | null>(null);

/** Whether the tools that have no room in the bar are listed below it. */
export const moreTools = signal(false);

/** The widths that the reader chose, in pixels; null: as the page has it. */
export const widths = signal<Record<Pane, number | null>>({ tree: kept("tree"), details: kept("details") });

export const LIMITS: Record<Pane, [number, number]> = { tree: [180, 560], details: [300, 860] };
const MAP = 280; // pixels that the map keeps

/** The widths as custom properties of the page. */
export const paneStyle = computed(() => {
  const { tree, details } = widths.value;
  return { ...(tree && { "--tree-width": `${tree}px` }), ...(details && { "--details-width": `${details}px` }) };
});

export function setWidth(pane: Pane, width: number | null, other = 0): void {
  const [least, most] = LIMITS[pane];
  const room = Math.max(least, innerWidth - other - MAP);
  const next = width === null ? null : Math.round(Math.max(least, Math.min(width, most, room)));
  widths.value = { ...widths.value, [pane]: next };
  try {
    if (next === null) localStorage.removeItem(`clioscope.${pane}`);
    else localStorage.setItem(`clioscope.${pane}`, String(next));
  } catch {
    // A page from disk may have no storage; then the width lasts as long as the page.
  }
}

function kept(pane: Pane): number | null {
  try {
    return Number(localStorage.getItem(`clioscope.${pane}`)) || null;
  } catch {
    return null;
  }
}
