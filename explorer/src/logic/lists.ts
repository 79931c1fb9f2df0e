/** The rows that are counted, as lists: a count goes over these rows alone, and asks nothing of the others. */

import type { View } from "../data/view";
import type { Passing } from "./filter";

/** The rows that pass the filters, inside the selection and outside it. Without a selection all are inside. */
export interface Lists {
  inside: Uint32Array;
  outside: Uint32Array;
}

interface Kept {
  chosen: Uint8Array | null;
  /** By the number of the filter that is looked past. */
  lists: Map<number, Lists>;
}

/** The lists without a selection, and those of the latest one: others would only take up memory. */
const kept = new WeakMap<Passing, { whole: Kept; latest: Kept | null }>();

/**
 * Made once for all that counts them. `own` is the number of a filter that is looked past, 0 for none. Rows stand in
 * their order; the segments of a conversation stand one after another.
 */
export function lists(view: View, pass: Passing, chosen: Uint8Array | null, own = 0): Lists {
  let before = kept.get(pass);
  if (!before) kept.set(pass, (before = { whole: { chosen: null, lists: new Map() }, latest: null }));
  if (chosen && before.latest?.chosen !== chosen) before.latest = { chosen, lists: new Map() };
  const { lists: mine } = chosen ? before.latest! : before.whole;
  let found = mine.get(own);
  if (!found) mine.set(own, (found = split(passed(view, pass, own), chosen)));
  return found;
}

/** The rows of the selection that pass the filters, in their order, or the first `most` of them. */
export function selectedRows(view: View, pass: Passing, chosen: Uint8Array | null, most = Infinity): Uint32Array {
  if (!view.order) return lists(view, pass, chosen).inside.subarray(0, most);
  const found: number[] = [];
  for (let row = 0; row < view.rows && found.length < most; row++) if (!pass.fails[row] && (!chosen || chosen[row])) found.push(row);
  return Uint32Array.from(found);
}

function passed({ rows, order }: View, { fails, failed, names }: Passing, own: number): Uint32Array {
  const found = new Uint32Array(rows);
  let size = 0;
  if (order || own) {
    const past = own || names.length + 1;
    for (let at = 0; at < rows; at++) {
      const row = order ? order[at] : at;
      if (!fails[row] || (fails[row] === 1 && failed[row] === past)) found[size++] = row;
    }
  } else {
    // The place is written in any case, and kept only for what passes: that costs less than to jump.
    for (let row = 0; row < rows; row++) {
      found[size] = row;
      if (!fails[row]) size++;
    }
  }
  return found.subarray(0, size);
}

function split(all: Uint32Array, chosen: Uint8Array | null): Lists {
  if (!chosen) return { inside: all, outside: new Uint32Array() };
  const inside = new Uint32Array(all.length);
  const outside = new Uint32Array(all.length);
  let [within, without] = [0, 0];
  for (let at = 0; at < all.length; at++) {
    const row = all[at];
    if (chosen[row]) inside[within++] = row;
    else outside[without++] = row;
  }
  return { inside: inside.subarray(0, within), outside: outside.subarray(0, without) };
}
