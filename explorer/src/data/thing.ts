/** A thing to know of an atlas (src/clioscope/explorer/knows.py). */

export interface Thing {
  kind: "largest" | "changed" | "steady" | "differs" | "alike";
  group: number | null;
  level?: number;
  column?: string;
  /** The place of the value. */
  value?: number;
  day?: number;
  /** Sentences, with `{group}`, `{column}` and `{value}` in place of names. */
  text: { en: string; ru: string };
}
