/** What the server refuses. */

/** A part of a sentence of the server: a key of `words/refusals.ts`, and its fields, which may be parts themselves. */
export interface Said {
  key: string;
  fields: Record<string, string | number | Said>;
}

/** What the server does not do. `message` is its sentence in English, `said` the same by its key, if it has one. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly said: Said | null,
  ) {
    super(message);
  }
}
