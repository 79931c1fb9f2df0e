/** How much of a group's conversations was read (src/clioscope/atlas/reading.py). */

/** Medians over a group's conversations, 0 to 1; those of the model are absent in an atlas without one. */
export interface Read {
  read_characters?: number;
  read_turns?: number;
  encoded_characters: number;
  encoded_turns: number;
  /** Less than a quarter of the text was read in half of the conversations. */
  poor: boolean;
}
