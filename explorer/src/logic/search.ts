/** Search by words: group names before descriptions before values of facets before facet texts. */

import type { Text } from "../data/text";
import { wordsIn } from "./lettering";
import type { View } from "../data/view";
import { around, foldedLines } from "./folded";

export type Hit =
  | { kind: "group"; group: number; where: "name" | "description" | "phrases"; score: number }
  | { kind: "value"; column: string; place: number; score: number }
  | { kind: "row"; row: number; text: string; facet: string; score: number; at?: [number, number][] }
  | { kind: "all"; n: number };

type Scored = Hit & { score: number };

const MOST = { group: 12, value: 6, row: 8 };

// Accents; the points of Hebrew; the vowel marks, hamzas and stretching lines of Arabic, which most people do not write.
const MARKS = /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]/g;

/** Letters without accents, in lower case; ё counts as е. The vowel signs of Hindi or Thai are letters and stay. */
export function fold(text: string): string {
  return text.normalize("NFKD").replace(MARKS, "").toLowerCase();
}

/** The folded words of a question. */
export function wordsOf(question: string): string[] {
  return wordsIn(question.normalize("NFC")).map(fold).filter(Boolean);
}

/** Every word of the question must occur; a hit at the start of a word counts for more. `texts` are searched for rows. */
export function search(view: View, question: string, shown: (column: string, place: number) => string, texts: Text[] = view.texts): Hit[] {
  const words = wordsOf(question);
  if (!words.length) return [];
  const groups: Scored[] = [];
  for (const group of view.groups) {
    const fields = [
      ["name", group.name ?? "", 4],
      ["phrases", group.phrases.join(" · "), 2],
      ["description", group.description, 1],
    ] as const;
    for (const [where, text, weight] of fields) {
      const score = match(fold(text), words);
      if (!score) continue;
      groups.push({ kind: "group", group: group.index, where, score: score * weight + Math.log10(group.count + 1) / 10 });
      break;
    }
  }
  const values: Scored[] = [];
  for (const column of view.columns) {
    column.values.forEach((value, place) => {
      if (value === null) return;
      const score = match(fold(`${shown(column.name, place)} ${value}`), words);
      if (score) values.push({ kind: "value", column: column.name, place, score: score - place / 1000 });
    });
  }
  const rows: Scored[] = [];
  const seen = new Set<number>();
  for (const one of texts) {
    const folded = foldedLines(one);
    for (let row = 0; row < Math.min(view.rows, folded.length) && rows.length < MOST.row; row++) {
      if (seen.has(row) || !words.every((word) => folded[row].includes(word))) continue;
      seen.add(row);
      rows.push({ kind: "row", row, ...around(one.lines()[row], words), facet: one.name, score: match(folded[row], words) });
    }
  }
  const best = (hits: Scored[], most: number) => hits.sort((a, b) => b.score - a.score).slice(0, most);
  return [...best(groups, MOST.group), ...best(values, MOST.value), ...rows];
}

function match(text: string, words: string[]): number {
  let score = 0;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at < 0) return 0;
    score += at === 0 || /[^\p{L}\p{M}\p{N}]/u.test(text[at - 1]) ? 2 : 1;
  }
  return score / words.length;
}
