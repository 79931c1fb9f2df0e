/** A small view, packed as Python packs it, read as the page reads it. */

import { readView, type View } from "../src/data/view";

type Arrays = Record<string, Uint8Array | Uint16Array | Uint32Array>;

export function pack(header: object, whole: Arrays, floats: Record<string, Float32Array> = {}): ArrayBuffer {
  const places: Record<string, [string, number, number]> = {};
  const arrays = { ...whole, ...floats };
  let size = 0;
  for (const [name, array] of Object.entries(arrays)) {
    places[name] = [`${array instanceof Float32Array ? "f" : "u"}${array.BYTES_PER_ELEMENT}`, size, array.length];
    size += Math.ceil(array.byteLength / 8) * 8;
  }
  const head = new TextEncoder().encode(JSON.stringify({ ...header, arrays: places }));
  const first = Math.ceil((12 + head.length) / 8) * 8;
  const bytes = new Uint8Array(first + size);
  bytes.set(new TextEncoder().encode("CLIOVIEW"));
  new DataView(bytes.buffer).setUint32(8, head.length, true);
  bytes.set(head, 12);
  for (const [name, array] of Object.entries(arrays)) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), first + places[name][1]);
  }
  return bytes.buffer;
}

export function group(id: string, level: number, parent: number | null, count: number, more: object = {}): object {
  return {
    id,
    level,
    parent,
    name: `Group ${id}`,
    description: "",
    phrases: [],
    count,
    distinct: count,
    users: 0,
    anonymous: count,
    verdict: "accepted",
    score: 5,
    quality: {},
    near: [],
    ...more,
  };
}

/**
 * Eight conversations in base groups a (0, 1, 2), b (3, 4) and c (5, 6, 7) under the tops x (a, b) and y (c);
 * languages en en ru en ru ru ru -, days 0 to 7; the first occurs three times.
 */
export function small(): View {
  return readView(pack(smallHeader(), smallArrays()));
}

export function smallHeader(): Record<string, unknown> {
  return {
    format: "clioscope-view",
    version: 1,
    title: "small",
    clioscope: "0",
    finished: null,
    published: false,
    models: { chat: null, embedder: "hash" },
    counts: {},
    rows: 8,
    total: 10,
    groups: [
      group("x", 1, null, 7, { x: 0, y: 0 }),
      group("y", 1, null, 3, { x: 0.5, y: 0.5 }),
      group("a", 0, 0, 5, { x: -0.1, y: 0, name: "Bake bread", description: "Users bake sourdough." }),
      group("b", 0, 0, 2, { x: 0.1, y: 0, name: "Ёлки и ёжики" }),
      group("c", 0, 1, 3, { x: 0.5, y: 0.5, name: null, verdict: "withheld" }),
    ],
    map: true,
    columns: [
      { name: "language", kind: "nominal", type: "language", values: ["en", "ru"], array: "facet0" },
      { name: "length", kind: "ordinal", type: "category", values: ["short", "long"], array: "facet1" },
    ],
    days: { start: "2026-03-01", last: 7 },
    users: true,
    texts: [],
  };
}

export function smallArrays(): Arrays {
  return {
    group: Uint8Array.of(2, 2, 2, 3, 3, 4, 4, 4),
    count: Uint32Array.of(3, 1, 1, 1, 1, 1, 1, 1),
    x: Uint16Array.of(0, 100, 32768, 65535, 40000, 50000, 50001, 50002),
    y: Uint16Array.of(0, 100, 32768, 65535, 40000, 50000, 50001, 50002),
    facet0: Uint8Array.of(0, 0, 1, 0, 1, 1, 1, 2),
    facet1: Uint8Array.of(0, 1, 0, 1, 0, 1, 0, 1),
    day: Uint16Array.of(0, 1, 2, 3, 4, 5, 6, 65535),
    user: Uint32Array.of(1, 1, 2, 3, 0, 4, 4, 5),
  };
}
