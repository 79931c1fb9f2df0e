/**
 * A change of a mean, taken apart by groups (src/clioscope/analysis/decompose.py).
 *
 * A group with the share a before and b after, and the mean r before and s after, has two parts: mix,
 * (b − a) · ((r + s) / 2 − M), and rate, (a + b) / 2 · (s − r), where M is the average of both overall means. All parts
 * sum to the change.
 */

/** A pair: before and after, or the first and the last. */
export type Span = [number, number];

/** Sums over conversations by period and group: what counts in shares, the weight of values, values by weight. */
export interface Sums {
  size: Float64Array;
  known: Float64Array;
  total: Float64Array;
}

export interface Decomposed {
  share: Float64Array;
  mean: Float64Array;
  mix: Float64Array;
  rate: Float64Array;
  overall: Span;
}

/** The parts of k groups, from sums whose first k are before and last k after. NaN where a period has no value. */
export function decompose({ size, known, total }: Sums): Decomposed {
  const k = size.length / 2;
  const sum = (all: Float64Array, side: number) => all.subarray(side * k, side * k + k).reduce((one, other) => one + other, 0);
  const whole = [sum(size, 0), sum(size, 1)];
  const empty = sum(known, 0) === 0 || sum(known, 1) === 0;
  const grand = (sum(total, 0) + sum(total, 1)) / (sum(known, 0) + sum(known, 1));
  const share = size.map((one, at) => one / whole[at < k ? 0 : 1]);
  const mean = known.map((one, at) => {
    if (empty) return NaN;
    if (one) return total[at] / one;
    const other = at < k ? at + k : at - k; // a group without a value has that of the other period, or of all
    return known[other] ? total[other] / known[other] : grand;
  });
  const overall: Span = [0, 0];
  for (let at = 0; at < 2 * k; at++) overall[at < k ? 0 : 1] += share[at] * mean[at];
  const middle = (overall[0] + overall[1]) / 2;
  const mix = new Float64Array(k);
  const rate = new Float64Array(k);
  for (let g = 0; g < k; g++) {
    mix[g] = (share[k + g] - share[g]) * ((mean[g] + mean[k + g]) / 2 - middle);
    rate[g] = ((share[g] + share[k + g]) / 2) * (mean[k + g] - mean[g]);
  }
  return { share, mean, mix, rate, overall };
}
