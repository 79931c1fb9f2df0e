/** The arrays of a view: those that are here, and those that the server has on its disk. */

import { signal, type Signal } from "@preact/signals";
import type { Kind, Numbers } from "./container";

/** What a head says of an array: its type, how many numbers it has (null: its file is made when it is first read), and
 * the name of its file. */
export type Place = [kind: Kind, length: number | null, file: string];

/** Reads a file of the server, or (`part`) its bytes from one place to before another. */
export type Reader = (file: string, part?: [from: number, to: number]) => Promise<ArrayBuffer>;

export class Arrays {
  private readonly held = new Map<string, Signal<Numbers | null>>();
  private readonly coming = new Map<string, Promise<void>>();

  /** `given` are here; `places` are read by `read` when something needs them. */
  constructor(
    given: Record<string, Numbers>,
    private readonly places: Record<string, Place> = {},
    private readonly read: Reader | null = null,
  ) {
    for (const [name, array] of Object.entries(given)) this.held.set(name, signal<Numbers | null>(array));
    for (const name of Object.keys(places)) if (!this.held.has(name)) this.held.set(name, signal<Numbers | null>(null));
  }

  /** Whether the atlas has an array of this name, here or on the server. */
  knows(name: string): boolean {
    return this.held.has(name);
  }

  names(): string[] {
    return [...this.held.keys()];
  }

  /** An array; null while it is not here. Whoever reads it in a computed signal or a component is told when it comes. */
  get(name: string | undefined): Numbers | null {
    return name === undefined ? null : (this.held.get(name)?.value ?? null);
  }

  /** Those of some arrays that are not here; of names that the atlas does not have nothing is missing. */
  missing(names: string[]): string[] {
    return names.filter((name) => this.held.get(name)?.peek() === null);
  }

  /** Done when the arrays are here. Each is read once, those of the first names first. Fails with a Refusal. */
  async need(names: string[]): Promise<void> {
    await Promise.all(this.missing(names).map((name) => this.fetch(name)));
  }

  private fetch(name: string): Promise<void> {
    const before = this.coming.get(name);
    if (before) return before;
    const [kind, length, file] = this.places[name];
    const next = this.read!(file)
      .then((bytes) => {
        if (length !== null && bytes.byteLength !== length * kind.BYTES_PER_ELEMENT) throw new Error(`${file}: has ${bytes.byteLength} bytes, not those that the view names.`);
        this.held.get(name)!.value = new kind(bytes);
      })
      .finally(() => this.coming.delete(name)); // so that what failed can be tried again
    this.coming.set(name, next);
    return next;
  }

  /** Some bytes of an array that is on the server, or here. */
  async bytes(name: string, from: number, to: number): Promise<Uint8Array> {
    const here = this.held.get(name)?.peek();
    if (here) return new Uint8Array(here.buffer, here.byteOffset + from, to - from);
    return new Uint8Array(await this.read!(this.places[name][2], [from, to]));
  }

  /** Takes over what another state of the same atlas has read: files of one name hold the same. */
  take(other: Arrays): void {
    for (const [name, place] of Object.entries(this.places)) {
      const same = other.places[name]?.[2] === place[2] ? other.held.get(name)?.peek() : null;
      if (same) this.held.get(name)!.value = same;
    }
  }
}
