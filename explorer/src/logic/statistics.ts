/** Shares, their intervals, and tests between two of them. */

/** 97.5 % point of the normal distribution: intervals are of 95 %. */
export const Z95 = 1.959964;

export interface Interval {
  low: number;
  high: number;
}

/** Wilson's score interval of a share (Wilson 1927); `n` may be an effective size, so need not be whole. */
export function wilson(share: number, n: number, z = Z95): Interval {
  if (n <= 0) return { low: 0, high: 1 };
  const middle = share + (z * z) / (2 * n);
  const reach = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return { low: Math.max(0, (middle - reach) / scale), high: Math.min(1, (middle + reach) / scale) };
}

/** Newcombe's hybrid score interval of a difference of two independent shares (Newcombe 1998, method 10). */
export function newcombe(p1: number, n1: number, p2: number, n2: number, z = Z95): Interval {
  const a = wilson(p1, n1, z);
  const b = wilson(p2, n2, z);
  const difference = p1 - p2;
  return {
    low: difference - Math.hypot(p1 - a.low, b.high - p2),
    high: difference + Math.hypot(a.high - p1, p2 - b.low),
  };
}

/** Two-sided p-value of equal shares: the pooled two-proportion z-test. 1 where nothing can be told. */
export function twoProportions(p1: number, n1: number, p2: number, n2: number): number {
  if (n1 <= 0 || n2 <= 0) return 1;
  const pooled = (p1 * n1 + p2 * n2) / (n1 + n2);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
  return error > 0 ? Math.min(1, erfc(Math.abs(p1 - p2) / error / Math.SQRT2)) : 1;
}

/** q-values of Benjamini and Hochberg (1995): reject all below α, and at most a share α of them is false. */
export function benjaminiHochberg(p: number[]): number[] {
  const order = p.map((_, i) => i).sort((a, b) => p[b] - p[a]);
  const q = new Array<number>(p.length);
  let least = 1;
  order.forEach((index, place) => {
    least = Math.min(least, (p[index] * p.length) / (p.length - place));
    q[index] = least;
  });
  return q;
}

/** Kish's effective size of a weighted sample, (Σw)² / Σw²: copies of one conversation are no new evidence. */
export function effective(sum: number, squares: number): number {
  return squares > 0 ? (sum * sum) / squares : 0;
}

/** Complementary error function, relative error below 1.2e-7 (Numerical Recipes, erfcc). */
export function erfc(x: number): number {
  const t = 1 / (1 + 0.5 * Math.abs(x));
  const terms = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
  const sum = terms.reduceRight((rest, term) => term + t * rest, 0);
  const value = t * Math.exp(-x * x + sum);
  return x >= 0 ? value : 2 - value;
}
