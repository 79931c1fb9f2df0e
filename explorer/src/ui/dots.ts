/** What the map shows: a point a conversation, or a bubble a group where the atlas is published. */

import { computed } from "@preact/signals";
import { mix } from "../logic/palette";
import { within } from "../data/view";
import { lists } from "../logic/lists";
import { drawnFrom } from "../logic/needs";
import { chosen, colourBy, coloured, counts, pass, region, theme, view } from "../state";
import type { Dots } from "./scatter";

const BUBBLES = 24; // sizes of bubbles
const LARGEST = 74; // pixels

export const ground = computed(() => (theme.value === "light" ? "#fbfaf6" : "#12161c"));

/** Null while what they are drawn from has not been read. */
export const dots = computed((): Dots | null => (view.value.published ? bubbles() : points()));

function points(): Dots | null {
  const { x, y, arrays } = view.value;
  if (drawnFrom(view.value, colourBy.value).some((name) => !arrays.get(name))) return null;
  const { codes, colours } = coloured.value;
  return { x, y, codes, colours, ...lists(view.value, pass.value, chosen.value) };
}

/** The groups with none below them; a dimmed one is drawn in a colour of its own, mixed with the ground. */
function bubbles(): Dots {
  const { groups } = view.value;
  const { codes, colours } = coloured.value;
  const at = region.value;
  const mine = at?.kind === "group" ? new Set(within(view.value, at.group)) : null;
  const largest = Math.max(1, ...groups.filter((one) => !one.children.length).map((one) => one.count));
  const inside: number[] = [];
  const size = new Uint8Array(groups.length);
  const shade = new Uint16Array(groups.length);
  for (const { index, children } of groups) {
    const count = counts.value[index];
    if (!children.length && count) inside.push(index);
    size[index] = Math.min(BUBBLES - 1, Math.round((BUBBLES - 1) * Math.sqrt(count / largest)));
    shade[index] = codes[index] + (mine && !mine.has(index) ? colours.length : 0);
  }
  return {
    x: Float32Array.from(groups, (one) => one.x ?? 0),
    y: Float32Array.from(groups, (one) => one.y ?? 0),
    codes: shade,
    colours: [...colours, ...colours.map((one) => mix(one, ground.value, 0.82))],
    inside: Uint32Array.from(inside),
    outside: new Uint32Array(),
    size,
    sizes: Array.from({ length: BUBBLES }, (_, place) => 8 + ((LARGEST - 8) * place) / (BUBBLES - 1)),
  };
}
