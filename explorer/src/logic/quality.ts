/** Figures of the quality of groups: which there are, and which end of them is weak. */

import type { View } from "../data/view";

export const QUALITY = "quality:"; // before the name of a figure, in the menus of colours and of the tree's order

const LOW_IS_GOOD = ["misplaced", "duplicate_names"];

/** The figures that tell at least two groups apart, in the order of the panel. */
export function figuresOf(view: View): string[] {
  const values = new Map<string, Set<number>>();
  for (const { quality } of view.groups) {
    for (const [name, value] of Object.entries(quality)) values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  return [...values].filter(([, found]) => found.size > 1).map(([name]) => name);
}

/** The figure of a menu's choice, null for a choice that is none. */
export function figureOf(choice: string): string | null {
  return choice.startsWith(QUALITY) ? choice.slice(QUALITY.length) : null;
}

/** The greater, the weaker; groups without the figure come last. */
export function weakness(view: View, group: number, figure: string): number {
  const value = view.groups[group].quality[figure];
  return value === undefined ? -Infinity : LOW_IS_GOOD.includes(figure) ? value : -value;
}
