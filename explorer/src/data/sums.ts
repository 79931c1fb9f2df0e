/** Counts of all rows, which come with the head of a view. */

/** Of each value and, last, of what is not known; `squares` are those of what conversations weigh. */
export interface ColumnSums {
  counts: number[];
  /** Of segments: the conversations with each value. */
  touched?: number[];
  squares: number;
}

/** Counts over all rows (src/clioscope/explorer/sums.py). */
export interface Sums {
  groups: number[];
  masses?: number[];
  days?: number[];
  day_masses?: number[];
  totals: { count: number; mass: number; distinct: number; users: number | null; rows: number };
  /** Left, low, right and high end of the map. */
  bounds?: [number, number, number, number];
}
