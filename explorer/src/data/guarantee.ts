/** What a release with a guarantee promises (src/clioscope/privacy/guarantee). */
export interface Guarantee {
  epsilon: number;
  delta: number;
  /** The most conversations of one person that count. */
  conversations: number;
  /** What all releases of the same atlas spent together. */
  releases: { number: number; epsilon: number; delta: number };
}
