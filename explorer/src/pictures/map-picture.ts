/** The map as a picture: its points, titles and leader lines as they are on the screen, and what the colours mean. */

import type { Camera, Label } from "../logic/labels";
import { escaped, element, picture, round } from "./svg";

export interface Point {
  x: number;
  y: number;
  colour: string;
  /** Diameter in pixels. */
  size: number;
  opacity: number;
}

export interface Sample {
  colour: string;
  text: string;
}

export interface Look {
  ground: string;
  ink: string;
  soft: string;
  sans: string;
  serif: string;
}

export interface MapContent {
  camera: Camera;
  points: Iterable<Point>;
  titles: (Label & { region: boolean; quiet: boolean })[];
  polygon: [number, number][] | null;
  legend: Sample[];
  caption: string;
  look: Look;
  /** The width of a text in pixels. */
  measure: (text: string, font: string) => number;
}

const EDGE = 14;
const ROW = 18; // pixels from one line of the legend to the next

/** The picture as SVG: as wide as the map on the screen, and higher by the legend and a caption. */
export function mapPicture(content: MapContent): string {
  const { camera, look, caption, titles } = content;
  const legend = legendOf(content);
  const height = camera.height + legend.height + (caption ? ROW + 4 : 0);
  const clip = element("clipPath", { id: "map" }, element("rect", { width: camera.width, height: camera.height }));
  const body = element("g", { "clip-path": "url(#map)" }, dotsOf(content.points) + polygonOf(content) + leadersOf(content));
  const words = titles.map((one) => titleOf(one, look)).join("");
  const last = caption ? text(EDGE, height - 10, caption, { "font-family": look.sans, "font-size": 11, fill: look.soft }) : "";
  return picture(camera.width, height, look.ground, caption, element("defs", {}, clip) + body + element("g", {}, words) + legend.svg + last);
}

/** Points of one colour, size and opacity are one path of round line ends: a tenth of the bytes of circles. */
function dotsOf(points: Iterable<Point>): string {
  const paths = new Map<string, { point: Point; at: string[] }>();
  for (const point of points) {
    const key = `${point.colour} ${point.size} ${point.opacity}`;
    let path = paths.get(key);
    if (!path) paths.set(key, (path = { point, at: [] }));
    path.at.push(`M${round(point.x)} ${round(point.y)}h.01`);
  }
  // What is dim lies below what is not.
  const order = [...paths.values()].sort((a, b) => a.point.opacity - b.point.opacity || b.point.size - a.point.size);
  return order
    .map(({ point, at }) => {
      const drawn = { d: at.join(""), stroke: point.colour, "stroke-width": point.size, "stroke-opacity": point.opacity };
      return element("path", { ...drawn, "stroke-linecap": "round", fill: "none" });
    })
    .join("");
}

function polygonOf({ polygon, camera }: MapContent): string {
  if (!polygon) return "";
  const points = polygon.map(([x, y]) => `${round(camera.left + x * camera.scale)},${round(camera.top - y * camera.scale)}`).join(" ");
  return element("polygon", { points, fill: "#d9772b", "fill-opacity": 0.09, stroke: "#d9772b", "stroke-width": 1.5, "stroke-linejoin": "round" });
}

function leadersOf({ titles, look }: MapContent): string {
  return titles
    .map(({ from, x, y, width, height }) => {
      if (!from) return "";
      const hold = (away: number, half: number) => Math.max(-half, Math.min(away, half));
      const [dx, dy] = [hold(from[0] - x, width / 2), hold(from[1] - y, height / 2)];
      return element("line", { x1: x + dx, y1: y + dy, x2: from[0], y2: from[1], stroke: look.soft, "stroke-width": 1 });
    })
    .join("");
}

function titleOf(title: MapContent["titles"][number], look: Look): string {
  const [size, line] = title.region ? [16, 19] : [12, 15];
  const font = {
    "font-family": title.region ? look.serif : look.sans,
    "font-size": size,
    "font-weight": title.region ? 600 : 500,
    "font-style": title.quiet ? "italic" : null,
    "text-anchor": "middle",
    fill: title.quiet ? look.soft : look.ink,
    stroke: look.ground,
    "stroke-width": 3.5,
    "stroke-linejoin": "round",
    "paint-order": "stroke",
  };
  const top = title.y - title.height / 2;
  return title.lines.map((one, place) => text(title.x, top + place * line + line * 0.76, one, font)).join("");
}

function text(x: number, y: number, what: string, more: Record<string, string | number | null>): string {
  return element("text", { x, y, ...more }, escaped(what));
}

/** Samples of colours with their words, in as many columns as fit. */
function legendOf({ legend, camera, look, measure }: MapContent): { svg: string; height: number } {
  if (!legend.length) return { svg: "", height: 0 };
  const font = `12px ${look.sans}`;
  const room = Math.min(340, camera.width - 2 * EDGE);
  const texts = legend.map((one) => cut(one.text, room - 20, (part) => measure(part, font)));
  const wide = Math.max(...texts.map((one) => measure(one, font))) + 34;
  const columns = Math.max(1, Math.min(legend.length, Math.floor((camera.width - 2 * EDGE) / wide)));
  const rows = Math.ceil(legend.length / columns);
  const svg = legend
    .map(({ colour }, place) => {
      const [x, y] = [EDGE + Math.floor(place / rows) * wide, camera.height + 8 + (place % rows) * ROW];
      const sample = element("rect", { x, y: y + 2, width: 11, height: 11, rx: 2, fill: colour });
      return sample + text(x + 18, y + 12, texts[place], { "font-family": look.sans, "font-size": 12, fill: look.ink });
    })
    .join("");
  return { svg: element("g", { class: "legend" }, svg), height: rows * ROW + 14 };
}

/** A text that is no wider than the room for it, with a mark where it is cut. */
export function cut(text: string, room: number, width: (part: string) => number): string {
  if (width(text) <= room) return text;
  const signs = [...text];
  while (signs.length > 1 && width(`${signs.join("")}…`) > room) signs.pop();
  return `${signs.join("").trimEnd()}…`;
}
