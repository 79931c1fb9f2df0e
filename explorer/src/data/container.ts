/** The run of bytes that Python packs (src/clioscope/explorer/container.py): a JSON header and arrays. */

export type Numbers = Uint8Array | Uint16Array | Uint32Array | Float32Array;

export interface Unpacked {
  header: Record<string, unknown>;
  arrays: Record<string, Numbers>;
}

const MAGIC = "CLIOVIEW";
export const KINDS = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, f4: Float32Array } as const;
export type Kind = (typeof KINDS)[keyof typeof KINDS];

/** Header and arrays; the arrays look into `bytes`, nothing is copied. Throws for bytes of something else. */
export function unpack(bytes: ArrayBuffer): Unpacked {
  const start = new Uint8Array(bytes, 0, Math.min(MAGIC.length, bytes.byteLength));
  if (String.fromCharCode(...start) !== MAGIC) throw new Error("These bytes are no Clioscope view.");
  const length = new DataView(bytes).getUint32(MAGIC.length, true);
  const head = MAGIC.length + 4;
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, head, length))) as Record<string, unknown>;
  const first = Math.ceil((head + length) / 8) * 8;
  const places = header.arrays as Record<string, [keyof typeof KINDS, number, number]>;
  delete header.arrays;
  const arrays: Record<string, Numbers> = {};
  for (const [name, [kind, at, size]] of Object.entries(places)) {
    arrays[name] = new KINDS[kind](bytes, first + at, size);
  }
  return { header, arrays };
}

/** The bytes that an exported page carries: base64 of a zlib stream. */
export async function inflate(base64: string): Promise<ArrayBuffer> {
  const text = atob(base64);
  const packed = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) packed[i] = text.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return await new Response(stream).arrayBuffer();
}
