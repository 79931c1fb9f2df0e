/** The sentences of a facet: of all rows at once, or, of very many, of those rows that are shown. */

import { signal } from "@preact/signals";
import type { Arrays } from "./arrays";

const MOST_WHOLE = 200_000; // rows whose sentences are read at once, and searched by words

export class Text {
  private all: string[] | null = null;
  private readonly some = new Map<number, string>();
  private readonly asked = new Set<number>();
  private readonly arrived = signal(0);

  /** `ends` names the array of the places where each sentence ends; without it they are read only all at once. */
  constructor(
    readonly name: string,
    private readonly array: string,
    private readonly ends: string | undefined,
    private readonly arrays: Arrays,
    private readonly rows: number,
  ) {}

  /** The sentences of all rows; empty until they are here, which this asks for, and where there are very many. */
  lines(): string[] {
    if (this.all) return this.all;
    const bytes = this.arrays.get(this.array);
    if (bytes) return (this.all = new TextDecoder().decode(bytes).split("\n"));
    if (this.rows <= MOST_WHOLE || !this.ends) void this.arrays.need([this.array]).catch(() => undefined);
    return [];
  }

  /** The sentence of a row; empty until it is here, which this asks for. */
  at(row: number): string {
    if (this.rows <= MOST_WHOLE || !this.ends) return this.lines()[row] ?? "";
    void this.arrived.value;
    const found = this.some.get(row);
    if (found === undefined && !this.asked.has(row)) {
      this.asked.add(row);
      void this.read(row, this.ends).catch(() => this.asked.delete(row));
    }
    return found ?? "";
  }

  private async read(row: number, name: string): Promise<void> {
    await this.arrays.need([name]);
    const ends = this.arrays.get(name)!;
    const from = row ? ends[row - 1] + 1 : 0;
    const bytes = ends[row] > from ? await this.arrays.bytes(this.array, from, ends[row]) : new Uint8Array();
    this.some.set(row, new TextDecoder().decode(bytes));
    this.arrived.value++;
  }
}
