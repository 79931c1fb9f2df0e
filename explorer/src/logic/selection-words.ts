/** Words that are more frequent in a selection than elsewhere. */

import { unspacedWords } from "./lettering";

export interface Telling {
  word: string;
  /** Texts with it in the selection, and elsewhere. */
  here: number;
  elsewhere: number;
  /** How many standard errors the log odds lie above those elsewhere. */
  z: number;
}

const LEAST = 3; // texts of the selection that must hold a word
const CLEAR = 3.3; // standard errors: of a thousand words, one is above that by chance
const WORD = /\p{L}[\p{L}\p{M}’'-]{2,}/gu;

export interface Held {
  words: string[];
  /** Places of the words of each text, each once. */
  of: Uint32Array[];
}

const kept = new WeakMap<string[], Held>();

/** The words of each text; made once for the same texts. */
export function heldWords(texts: string[]): Held {
  const before = kept.get(texts);
  if (before) return before;
  const places = new Map<string, number>();
  const of = texts.map((text) => {
    const mine = new Set<number>();
    for (const one of unspacedWords(text) ?? text.match(WORD) ?? []) {
      const word = one.toLowerCase();
      let place = places.get(word);
      if (place === undefined) places.set(word, (place = places.size));
      mine.add(place);
    }
    return Uint32Array.from(mine);
  });
  const made = { words: [...places.keys()], of };
  kept.set(texts, made);
  return made;
}

/**
 * The most telling words: log odds of texts with the word, with the frequency in all texts as the prior (Monroe, Colaresi
 * and Quinn 2008, section 3.5.1), divided by their standard error. Rows that `fails` are nowhere.
 */
export function tellingWords(texts: string[], fails: Uint8Array, chosen: Uint8Array | null, most = 12): Telling[] {
  const { words, of } = heldWords(texts);
  const here = new Float64Array(words.length);
  const elsewhere = new Float64Array(words.length);
  let [inside, outside] = [0, 0];
  for (let row = 0; row < of.length; row++) {
    const mine = !fails[row] && (!chosen || chosen[row]);
    if (mine) inside++;
    else outside++;
    const counts = mine ? here : elsewhere;
    for (const word of of[row]) counts[word]++;
  }
  const found: Telling[] = [];
  if (!inside || !outside) return found;
  const prior = 10; // texts that the prior weighs as much as
  for (let word = 0; word < words.length; word++) {
    if (here[word] < LEAST) continue;
    const share = (here[word] + elsewhere[word]) / (inside + outside);
    const [a, b] = [here[word] + prior * share, elsewhere[word] + prior * share];
    const odds = Math.log(a / Math.max(1e-9, inside + prior - a)) - Math.log(b / Math.max(1e-9, outside + prior - b));
    const z = odds / Math.sqrt(1 / a + 1 / b);
    if (z > CLEAR) found.push({ word: words[word], here: here[word], elsewhere: elsewhere[word], z });
  }
  return found.sort((one, other) => other.z - one.z).slice(0, most);
}
