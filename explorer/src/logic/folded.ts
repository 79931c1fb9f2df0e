/** Lines of texts as searches compare them, made once. */

import type { Text } from "../data/text";
import { fold, wordsOf } from "./search";

const kept = new WeakMap<string[], string[]>();

/** The folded lines of a text; empty while they are not here, and of very many rows. */
export function foldedLines(text: Text): string[] {
  const lines = text.lines();
  let folded = kept.get(lines);
  if (!folded) {
    folded = lines.map(fold);
    if (lines.length) kept.set(lines, folded);
  }
  return folded;
}

/** Rows (1 each) of which one text holds every word. */
export function textHits(texts: Text[], rows: number, question: string): Uint8Array {
  const words = wordsOf(question);
  const found = new Uint8Array(rows);
  if (!words.length) return found;
  for (const text of texts) {
    const lines = foldedLines(text);
    for (let row = 0; row < lines.length && row < rows; row++) if (!found[row] && words.every((word) => lines[row].includes(word))) found[row] = 1;
  }
  return found;
}

/** Words of a question, those made one that stand together in a line without blanks: what was typed is marked as a whole. */
function together(words: string[], line: string): string[] {
  const found: string[] = [];
  for (let from = 0; from < words.length; ) {
    let to = words.length;
    while (to > from + 1 && !line.includes(words.slice(from, to).join(""))) to--;
    found.push(words.slice(from, to).join(""));
    from = to;
  }
  return found;
}

const BEFORE = 60;
const AFTER = 140;

/** A text around the first of some folded words, and where the words stand in it (src/clioscope/explorer/word_search.py). */
export function around(text: string, words: string[]): { text: string; at: [number, number][] } {
  const places: number[] = [];
  let line = "";
  let place = 0;
  for (const letter of text) {
    const made = fold(letter);
    line += made;
    for (let i = 0; i < made.length; i++) places.push(place);
    place += letter.length;
  }
  const spans: [number, number][] = [];
  for (const word of together(words, line)) {
    for (let at = line.indexOf(word); at >= 0; at = line.indexOf(word, at + word.length)) spans.push([places[at], (places[at + word.length] ?? text.length)]);
  }
  spans.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (!spans.length) return { text: text.slice(0, BEFORE + AFTER), at: [] };
  let begin = Math.max(0, spans[0][0] - BEFORE);
  let end = Math.min(text.length, spans[0][1] + AFTER);
  const first = text.indexOf(" ", begin);
  if (begin && first >= 0 && first < spans[0][0]) begin = first + 1;
  const last = text.lastIndexOf(" ", end);
  if (end < text.length && last > spans[0][1]) end = last;
  const before = begin ? "… " : "";
  const shift = before.length - begin;
  const at: [number, number][] = [];
  for (const [start, stop] of spans) {
    if (start < begin || stop > end) continue;
    const newest = at[at.length - 1];
    if (newest && start + shift <= newest[1]) newest[1] = Math.max(newest[1], stop + shift);
    else at.push([start + shift, stop + shift]);
  }
  return { text: before + text.slice(begin, end) + (end < text.length ? " …" : ""), at };
}
