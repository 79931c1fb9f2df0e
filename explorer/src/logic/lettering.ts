/** Texts in words and in lines, in scripts with and without blanks between words. */

/** Scripts that put no blanks between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3ffff}]/u;
const UNSEEN = /[\p{Mn}\p{Me}\p{Cf}]/u;
const OPENING = /^[\p{Ps}\p{Pi}]+$/u;

// A browser without them breaks such texts between any two letters.
const words = typeof Intl.Segmenter === "function" ? new Intl.Segmenter("en", { granularity: "word" }) : null;
const letters = typeof Intl.Segmenter === "function" ? new Intl.Segmenter("en", { granularity: "grapheme" }) : null;

function segments(text: string, by: Intl.Segmenter | null): string[] {
  return by ? Array.from(by.segment(text), (one) => one.segment) : [...text];
}

/** The words of a text in a script without blanks; null for one in another script. */
export function unspacedWords(text: string): string[] | null {
  return UNSPACED.test(text) ? segments(text, words).filter((one) => /[\p{L}\p{N}]/u.test(one)) : null;
}

/** The words of a question, which need no blanks between them where their script has none. */
export function wordsIn(text: string): string[] {
  return text.split(/\s+/).flatMap((run) => unspacedWords(run) ?? (run ? [run] : []));
}

/** The letters of a text, each with the marks that belong to it. */
export function lettersOf(text: string): string[] {
  return segments(text, letters);
}

/** Which way a text goes: that of its first letter. */
export function directionOf(text: string): "ltr" | "rtl" {
  const first = /\p{L}/u.exec(text)?.[0] ?? "";
  return /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(first) ? "rtl" : "ltr";
}

/** How wide a text is, in letters: an ideograph is as wide as two others, and a mark on a letter has no width. */
export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += UNSEEN.test(letter) ? 0 : WIDE.test(letter) ? 1.8 : 1;
  return width;
}

/** Pieces that a line may end after, each with what stands between it and the one before it. */
function pieces(text: string): [between: string, piece: string][] {
  const found: [string, string][] = [];
  for (const run of text.split(/\s+/)) {
    if (!UNSPACED.test(run)) {
      found.push([" ", run]);
      continue;
    }
    let opened = "";
    let between = " ";
    for (const one of segments(run, words)) {
      if (OPENING.test(one)) opened += one; // no line ends with it
      else if (between === "" && !opened && !/[\p{L}\p{N}]/u.test(one)) found[found.length - 1][1] += one; // no line begins with it
      else {
        found.push([between, opened + one]);
        [opened, between] = ["", ""];
      }
    }
    if (opened) found.push([between, opened]);
  }
  return found;
}

/** A text in lines of at most about `most` letters; with a `limit`, so many at most, the rest cut with a mark. */
export function wrap(text: string, most = 20, limit = Infinity): string[] {
  const lines: string[] = [];
  for (const [between, piece] of pieces(text)) {
    const longer = `${lines[lines.length - 1] ?? ""}${between}${piece}`;
    if (lines.length && widthOf(longer) <= most) lines[lines.length - 1] = longer;
    else lines.push(piece);
  }
  if (limit === Infinity) return lines;
  const kept = lines.slice(0, limit).map((line) => shortened(line, most * 1.4));
  if (lines.length > limit) kept[limit - 1] = `${kept[limit - 1].replace(/[.,;:、，。；：…]$/, "")}…`;
  return kept;
}

function shortened(line: string, room: number): string {
  if (widthOf(line) <= room) return line;
  let kept = "";
  for (const letter of lettersOf(line)) {
    if (widthOf(kept + letter) > room) break;
    kept += letter;
  }
  return `${kept}…`;
}
