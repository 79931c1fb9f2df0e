/** Values of a column in an address: by name, so that it still holds when the atlas has been built again. */

const UNKNOWN = "~unknown";
const OTHER = "~other";

export function valueName(values: (string | null)[], place: number): string {
  return place >= values.length ? UNKNOWN : (values[place] ?? OTHER);
}

export function valuePlace(values: (string | null)[], name: string): number {
  if (name === UNKNOWN) return values.length;
  if (name === OTHER) return values.indexOf(null);
  return values.indexOf(name);
}
