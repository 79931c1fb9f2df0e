/** The conversations that hold the words of a question: selected as a whole, also by an address. */

import { effect } from "@preact/signals";
import { findWords } from "./data/records";
import { Refusal } from "./data/refusal";
import { textHits } from "./logic/folded";
import { abilities, found, notice, region, view } from "./state";
import { refusal } from "./words";

/** Selects all conversations that hold the words. */
export function selectFound(question: string): void {
  region.value = { kind: "found", question: question.trim() };
}

/** Finds the rows of a selection by words: on the server, or in the texts that the page holds. */
export function keepFound(): () => void {
  return effect(() => {
    const at = region.value;
    const now = view.value;
    if (at?.kind !== "found" || (found.peek()?.question === at.question && found.peek()?.view === now)) return;
    const { question } = at;
    if (!abilities.value.records) {
      const rows = textHits(now.texts, now.rows, question);
      if (now.texts.every((one) => one.lines().length)) found.value = { question, view: now, rows };
      return;
    }
    findWords(question, true).then(
      ({ rows }) => {
        const mask = new Uint8Array(now.rows);
        for (const row of rows ?? []) mask[row] = 1;
        found.value = { question, view: now, rows: mask };
      },
      (error: unknown) => (notice.value = error instanceof Refusal ? refusal(error) : String(error)),
    );
  });
}
