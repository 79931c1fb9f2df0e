/** Files of records that the page makes itself, where there is no server. */

const FORMULA = /^\s*[=+\-@\t\r\n＝＋－＠]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?( ?%)?$/;
// Controls, overrides of direction and unseen characters, as src/clioscope/files/plain.py removes them.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb]/g;

/** A cell that no spreadsheet takes for a formula (src/clioscope/files/csv_text.py). */
export function harmless(text: string): string {
  const shown = text.replace(/\r\n?/g, "\n").replace(UNSEEN, "");
  if (NUMBER.test(shown)) return shown;
  return FORMULA.test(shown) || /^[\t\r\n]/.test(text) ? `'${shown}` : shown;
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A line of headings, and one per row; with the mark of UTF-8 that spreadsheets want. */
export function csvFile(head: string[], rows: Iterable<string[]>): string {
  const lines = [head, ...rows].map((cells) => cells.map((one) => quoted(harmless(one))).join(","));
  return `\ufeff${lines.join("\n")}\n`;
}

/** An object per line. */
export function jsonlFile(head: string[], rows: Iterable<string[]>): string {
  let text = "";
  for (const cells of rows) text += `${JSON.stringify(Object.fromEntries(head.map((name, place) => [name, cells[place] || null])))}\n`;
  return text;
}

/** For the clipboard: cells with tabs between them, which spreadsheets put into cells, so these are harmless too. */
export function tabbed(head: string[], rows: Iterable<string[]>): string {
  return [head, ...rows].map((cells) => cells.map((one) => harmless(one.replace(/[\t\r\n]+/g, " "))).join("\t")).join("\n");
}
