/** The comparison of this atlas with an earlier one, which the server makes when it is asked for first. */

import { signal } from "@preact/signals";
import { ask } from "./data/load";
import { Refusal } from "./data/refusal";
import { FIRST_EARLIER } from "./logic/address";
import { earlier, edition, explaining, halves, notice } from "./state";
import { refusal } from "./words";

export type Kind = "new" | "gone" | "grew" | "shrank" | "split" | "merged" | "steady" | "not shown before" | "not shown after";

interface Shares {
  share_before: number | null;
  low_before: number | null;
  high_before: number | null;
  share: number | null;
  low: number | null;
  high: number | null;
  change: number | null;
  change_low: number | null;
  change_high: number | null;
  q: number | null;
}

/** A pair of groups that are the same, or a group of one side; ids as the atlases have them. */
export interface Matched extends Shares {
  level: number;
  group: string | null;
  name: string | null;
  group_before: string | null;
  name_before: string | null;
  kind: Kind;
  parts_before: string[];
  parts: string[];
  count_before: number | null;
  count: number | null;
}

export interface Value extends Shares {
  /** Empty: all conversations. */
  group: string;
  facet: string;
  value: string;
  differs: boolean;
}

export interface Comparison {
  before: string;
  after: string;
  totals: [number, number];
  groups: Matched[];
  facets: Value[];
  notes: { key: string; text: string; name: string; n: number }[];
}

/** null until it is here. */
export const beside = signal<Comparison | null>(null);
let made = -1;

/** Opens the comparison in place of another one, or closes it. */
export function toggleBeside(): void {
  earlier.value = earlier.wanted ? null : FIRST_EARLIER;
  if (!earlier.wanted) return;
  halves.value = null;
  explaining.value = null;
}

/** Asks the server, unless what is here is of the atlas as it is shown. */
export async function readBeside(): Promise<void> {
  const wanted = edition.peek();
  if (beside.peek() && made === wanted) return;
  try {
    const found = (await (await ask("comparison")).json()) as Comparison;
    made = wanted;
    beside.value = found;
  } catch (error) {
    earlier.value = null;
    notice.value = error instanceof Refusal ? refusal(error) : String(error);
  }
}
