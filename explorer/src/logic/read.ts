/** What the panel of a group says of how much was read. */

import type { Read } from "../data/read";
import { percent, t } from "../words";

/** One line: what the model got, what the encoder got, and whether that is little. */
export function readLine(read: Read): string {
  const parts = [];
  if (read.read_characters !== undefined) {
    parts.push(t("readByModel", { characters: percent(read.read_characters), turns: percent(read.read_turns ?? 0) }));
  }
  parts.push(t("readByEncoder", { characters: percent(read.encoded_characters) }));
  const line = t("readLine", { parts: parts.join(", ") });
  return read.poor ? `${t("readPoorly")} ${line}` : line;
}
