/** Shares that the build estimated, since not every conversation was asked (src/clioscope/explorer/shares.py). */

import type { Column, View } from "../data/view";
import type { Interval } from "./statistics";

export interface Estimate extends Interval {
  share: number;
}

const SCALE = 10_000;
const UNKNOWN = 65_535;

/** The share of a value in a group, or (null) in the whole atlas; null where it was not estimated. */
export function estimate(view: View, column: Column, group: number | null, place: number): Estimate | null {
  if (!column.shares) return null;
  const at = ((group ?? view.groups.length) * column.values.length + place) * 3;
  const [share, low, high] = [0, 1, 2].map((step) => column.shares![at + step]);
  return share === undefined || share === UNKNOWN ? null : { share: share / SCALE, low: low / SCALE, high: high / SCALE };
}

/** Whether some column of an atlas has estimates. */
export function anyEstimated(view: View): boolean {
  return view.columns.some((one) => one.shares !== undefined);
}

/** Whether a group has estimates of a column's values. */
export function estimated(view: View, column: Column, group: number | null): boolean {
  return column.values.some((_, place) => estimate(view, column, group, place) !== null);
}

/** The share of a value in all that is not in a group, whose interval is about that of the whole atlas. */
export function elsewhere(view: View, column: Column, group: number, place: number): Estimate | null {
  const here = estimate(view, column, group, place);
  const whole = estimate(view, column, null, place);
  const own = view.groups[group].weight ?? view.groups[group].count;
  const rest = view.total - own;
  if (!here || !whole || rest <= 0) return null;
  const share = clip((whole.share * view.total - here.share * own) / rest);
  const wider = view.total / rest; // the same error in a smaller number
  return { share, low: clip(share - wider * (whole.share - whole.low)), high: clip(share + wider * (whole.high - whole.share)) };
}

/** The interval of a difference of two shares from their own intervals (MOVER: Zou and Donner 2008). */
export function difference(a: Estimate, b: Estimate): Interval {
  const between = a.share - b.share;
  return {
    low: between - Math.hypot(a.share - a.low, b.high - b.share),
    high: between + Math.hypot(a.high - a.share, b.share - b.low),
  };
}

function clip(share: number): number {
  return Math.max(0, Math.min(1, share));
}
