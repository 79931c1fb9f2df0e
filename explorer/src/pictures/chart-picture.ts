/** A chart of the page as a picture: its texts, bars and lines, drawn again as SVG where they stand on the screen. */

import { lettersOf } from "../logic/lettering";
import { element, escaped, picture, type Attributes } from "./svg";

const EDGE = 14;
const SKIPPED = "button.plain, button.close, .icon, input, select, .unseen, [data-picture='leave-out'], title";
const SHAPES = new Set(["rect", "line", "polyline", "polygon", "circle", "path"]);

interface Pen {
  left: number;
  top: number;
  measure: CanvasRenderingContext2D;
}

/** The chart in `root`, with a line below it that says what it is of. */
export function chartPicture(root: Element, ground: string, caption: string): string {
  const box = root.getBoundingClientRect();
  const pen: Pen = { left: box.left - EDGE, top: box.top - EDGE, measure: document.createElement("canvas").getContext("2d")! };
  const body = drawn(root, pen);
  const style = getComputedStyle(root);
  const soft = getComputedStyle(document.documentElement).getPropertyValue("--soft").trim() || style.color;
  const font = { "font-family": style.fontFamily, "font-size": 11, fill: soft };
  pen.measure.font = `11px ${style.fontFamily}`;
  const width = Math.max(box.width, Math.min(pen.measure.measureText(caption).width, 900));
  const last = element("text", { x: EDGE, y: box.height + 2 * EDGE + 10, ...font }, escaped(caption) || " ");
  return picture(width + 2 * EDGE, box.height + 3 * EDGE + 10, ground, caption, body + last);
}

/** An element and all in it. */
function drawn(one: Element, pen: Pen): string {
  if (one instanceof HTMLInputElement && one.type === "date") return dateOf(one, pen);
  if (one.matches(SKIPPED)) return "";
  const style = getComputedStyle(one);
  if (style.display === "none" || style.visibility === "hidden" || Number(style.opacity) === 0) return "";
  const inside = one instanceof SVGElement ? shapeOf(one, style, pen) : groundOf(one, style, pen);
  const parts = [...one.childNodes].map((node) =>
    node instanceof Element ? drawn(node, pen) : node instanceof Text && !(one instanceof SVGElement) ? linesOf(node, one, style, pen) : "",
  );
  const all = inside + parts.join("");
  return all && Number(style.opacity) < 1 ? element("g", { opacity: style.opacity }, all) : all;
}

/** The day that a field holds: it is the end of an axis. */
function dateOf(field: HTMLInputElement, pen: Pen): string {
  const { left, right, bottom } = field.getBoundingClientRect();
  const style = getComputedStyle(field);
  const late = !field.closest("label")?.nextElementSibling;
  const place = { x: (late ? right : left) - pen.left, y: bottom - 6 - pen.top, "text-anchor": late ? "end" : null };
  return element("text", { ...place, "font-family": style.fontFamily, "font-size": 12, ...paint("fill", style.color) }, escaped(field.value));
}

/** The ground of an element of HTML, of which bars are made. */
function groundOf(one: Element, style: CSSStyleDeclaration, pen: Pen): string {
  const { left, top, width, height } = one.getBoundingClientRect();
  if (!width || !height || isClear(style.backgroundColor)) return "";
  const rx = Math.min(parseFloat(style.borderTopLeftRadius) || 0, width / 2, height / 2);
  return element("rect", { x: left - pen.left, y: top - pen.top, width, height, rx: rx || null, ...paint("fill", style.backgroundColor) });
}

/** A shape of SVG where it is on the screen: the scale of its picture may differ in both directions. */
function shapeOf(one: SVGElement, style: CSSStyleDeclaration, pen: Pen): string {
  if (!SHAPES.has(one.tagName)) return "";
  const matrix = (one as SVGGraphicsElement).getScreenCTM();
  if (!matrix) return "";
  const at = (x: number, y: number): [number, number] => {
    const { x: right, y: down } = new DOMPoint(x, y).matrixTransform(matrix);
    return [right - pen.left, down - pen.top];
  };
  const number = (name: string) => parseFloat(one.getAttribute(name) ?? "0") || 0;
  const width = parseFloat(style.strokeWidth) || 0;
  const scale = style.vectorEffect === "non-scaling-stroke" ? 1 : Math.sqrt(Math.abs(matrix.a * matrix.d - matrix.b * matrix.c));
  const look: Attributes = {
    ...paint("fill", style.fill, style.fillOpacity),
    ...paint("stroke", style.stroke, style.strokeOpacity),
    "stroke-width": style.stroke === "none" ? null : width * scale,
    "stroke-dasharray": style.strokeDasharray === "none" ? null : style.strokeDasharray.replaceAll("px", ""),
    "stroke-linejoin": style.strokeLinejoin === "miter" ? null : style.strokeLinejoin,
    opacity: null,
  };
  if (one.tagName === "line") {
    const [[x1, y1], [x2, y2]] = [at(number("x1"), number("y1")), at(number("x2"), number("y2"))];
    return element("line", { x1, y1, x2, y2, ...look });
  }
  if (one.tagName === "rect") {
    const [[x1, y1], [x2, y2]] = [at(number("x"), number("y")), at(number("x") + number("width"), number("y") + number("height"))];
    const [w, h] = [Math.abs(x2 - x1), Math.abs(y2 - y1)];
    return w && h ? element("rect", { x: Math.min(x1, x2), y: Math.min(y1, y2), width: w, height: h, ...look }) : "";
  }
  if (one.tagName === "polyline" || one.tagName === "polygon") {
    const given = [...(one as SVGPolygonElement).points].map(({ x, y }) => at(x, y));
    return element(one.tagName, { points: given.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(" "), ...look });
  }
  const { a, b, c, d, e, f } = matrix;
  const transform = `matrix(${[a, b, c, d, e - pen.left, f - pen.top].join(" ")})`;
  const own = Object.fromEntries(["d", "cx", "cy", "r"].map((name) => [name, one.getAttribute(name)]));
  return element(one.tagName, { ...own, transform, ...look, "stroke-width": style.stroke === "none" ? null : width });
}

/** A text of the page, line by line as the page breaks it, as far as it is seen. */
function linesOf(node: Text, parent: Element, style: CSSStyleDeclaration, pen: Pen): string {
  const range = document.createRange();
  const lines: { text: string; box: DOMRect; right: number }[] = [];
  for (const { index, 0: word } of node.data.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const box = range.getClientRects()[0];
    if (!box || !box.width) continue;
    const last = lines[lines.length - 1];
    if (last && Math.abs(last.box.top - box.top) < 3) {
      last.text += ` ${word}`;
      last.right = Math.max(last.right, box.right);
      if (box.left < last.box.left) last.box = box; // from right to left, the first word stands last
    } else lines.push({ text: word, box, right: box.right });
  }
  const seen = shownIn(parent);
  const toLeft = style.direction === "rtl";
  pen.measure.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const size = pen.measure.measureText("x");
  return lines
    .filter(({ box }) => box.top + box.height / 2 <= seen.bottom && box.top + box.height / 2 >= seen.top)
    .map(({ text, box, right }) => {
      const whole = Math.min(right, seen.right) - box.left;
      const baseline = box.top + (box.height - size.fontBoundingBoxAscent - size.fontBoundingBoxDescent) / 2 + size.fontBoundingBoxAscent;
      const cut = right > seen.right + 1 ? shortened(text, whole, pen.measure) : text;
      const place = { x: (toLeft ? right : box.left) - pen.left, y: baseline - pen.top, direction: toLeft ? "rtl" : null };
      const font = {
        "font-family": style.fontFamily,
        "font-size": style.fontSize.replace("px", ""),
        "font-weight": style.fontWeight === "400" ? null : style.fontWeight,
        "font-style": style.fontStyle === "normal" ? null : style.fontStyle,
      };
      return element("text", { ...place, ...font, ...paint("fill", style.color) }, escaped(cut));
    })
    .join("");
}

/** The part of the screen in which an element is not cut off. */
function shownIn(one: Element): { top: number; bottom: number; right: number } {
  const found = { top: -Infinity, bottom: Infinity, right: Infinity };
  for (let at: Element | null = one; at && !at.matches("[data-chart]"); at = at.parentElement) {
    if (getComputedStyle(at).overflow === "visible") continue;
    const { top, bottom, right } = at.getBoundingClientRect();
    found.top = Math.max(found.top, top);
    found.bottom = Math.min(found.bottom, bottom);
    found.right = Math.min(found.right, right);
  }
  return found;
}

function shortened(text: string, room: number, measure: CanvasRenderingContext2D): string {
  const signs = lettersOf(text);
  while (signs.length > 1 && measure.measureText(`${signs.join("")}…`).width > room) signs.pop();
  return `${signs.join("").trimEnd()}…`;
}

function isClear(colour: string): boolean {
  return colour === "transparent" || /,\s*0\)$|\/\s*0\)$/.test(colour);
}

/** A colour of the page for SVG, which knows no transparency within a colour everywhere. */
function paint(name: "fill" | "stroke", colour: string, opacity = "1"): Attributes {
  if (colour === "none" || isClear(colour)) return { [name]: "none" };
  const own = /^rgba?\(([^)]+)\)$/.exec(colour)?.[1].split(/[\s,/]+/).map(Number);
  const solid = own ? `#${own.slice(0, 3).map((one) => Math.round(one).toString(16).padStart(2, "0")).join("")}` : colour;
  const share = (own?.[3] ?? 1) * Number(opacity);
  return { [name]: solid, [`${name}-opacity`]: share < 1 ? share : null };
}
