/** Pieces of SVG as text. */

export type Attributes = Record<string, string | number | null | undefined>;

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
// XML has no place for most control characters, not even as entities.
const UNFIT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export function escaped(text: string): string {
  return text.replace(UNFIT, "").replace(/[&<>"']/g, (one) => ENTITIES[one]);
}

/** An element with attributes (those without a value are left out) and what is in it, which is SVG already. */
export function element(name: string, attributes: Attributes, inside = ""): string {
  const given = Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? round(value) : escaped(String(value))}"`)
    .join("");
  return inside ? `<${name}${given}>${inside}</${name}>` : `<${name}${given}/>`;
}

/** A number with at most two decimals: a hundredth of a pixel is enough for every picture. */
export function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A whole picture on a ground. */
export function picture(width: number, height: number, ground: string, title: string, inside: string): string {
  const size = { width: Math.ceil(width), height: Math.ceil(height) };
  const name = element("title", {}, escaped(title) || " ");
  const back = element("rect", { width: size.width, height: size.height, fill: ground });
  return element("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${size.width} ${size.height}`, ...size }, name + back + inside);
}
