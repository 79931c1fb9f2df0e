/** What the server does with single records. */

import { ask, viewState } from "./load";

export type FileKind = "csv" | "jsonl" | "parquet";

/** A hit of a search by words: `at` are the places in `text` where words begin and end. */
export interface Written {
  row: number;
  field: string;
  text: string;
  at: [number, number][];
}

export interface Found {
  n: number;
  hits: Written[];
  rows?: number[];
}

/** A file of some rows, in their order, with the columns of these names. Throws a Refusal. */
export async function recordFile(kind: FileKind, rows: Uint32Array, columns: string[]): Promise<Blob> {
  const query = new URLSearchParams({ format: kind, columns: columns.join(","), state: viewState() });
  const little = new DataView(new ArrayBuffer(rows.length * 4));
  rows.forEach((row, place) => little.setUint32(place * 4, row, true));
  const response = await ask(`records?${query}`, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: little.buffer });
  return await response.blob();
}

/** The rows nearest to a row, with the cosine. Throws a Refusal. */
export async function neighboursOf(row: number): Promise<[number, number][]> {
  return (await (await ask(`neighbours?${new URLSearchParams({ row: String(row), state: viewState() })}`)).json()) as [number, number][];
}

/** What holds the words of a question; with `every` all its rows. Throws a Refusal. */
export async function findWords(question: string, every = false): Promise<Found> {
  return (await (await ask(`found?q=${encodeURIComponent(question)}${every ? "&all=1" : ""}`)).json()) as Found;
}

/** Gives the reader a file. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
