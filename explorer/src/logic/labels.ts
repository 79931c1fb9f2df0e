/** Titles on the map: coarse when far, fine when near, never one over another. */

import type { View } from "../data/view";

export interface Camera {
  /** Screen pixels of map place (x, y): `left + x * scale`, `top - y * scale`. */
  left: number;
  top: number;
  scale: number;
  width: number;
  height: number;
  /** 1 when the whole map is in view. */
  zoom: number;
}

/** By its middle. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Label extends Box {
  group: number;
  lines: string[];
  /** 0 for the finest level now shown, 1 for the one above it. */
  rank: 0 | 1;
}

export interface Measured {
  lines: string[];
  width: number;
  height: number;
}

/** So many titles of a level are wished for in one view before a finer level is shown. */
const WISHED = 11;
const MARGIN = 5;

/**
 * The finest level to title at a zoom: the level of n groups comes in when the view holds about 11 of them, at
 * a zoom of sqrt(n / 11).
 */
export function finestLevel(view: View, zoom: number): number {
  let level = view.levels.length - 1;
  for (let finer = level - 1; finer >= 0; finer--) if (zoom >= zoomOf(view, finer)) level = finer;
  return level;
}

/** The zoom at which a level comes in. */
function zoomOf(view: View, level: number): number {
  return Math.max(1.35, Math.sqrt(view.levels[level].length / WISHED));
}

/** So much further in, the titles of the level above give their room to the finer ones. */
const LEAVES = 1.8;

/**
 * Places titles greedily, the largest group first; those of the level above the finest keep their place while
 * there is room. Groups with nothing left (`counts`) get none, and a group in `always` comes before all. Titles
 * keep off the boxes in `taken`.
 */
export function placeLabels(
  view: View,
  camera: Camera,
  measure: (group: number, rank: 0 | 1) => Measured | null,
  counts: ArrayLike<number>,
  always: number | null = null,
  taken: Box[] = [],
): Label[] {
  const finest = finestLevel(view, camera.zoom);
  const order: [number, 0 | 1][] = [];
  if (always !== null) order.push([always, view.groups[always].level > finest ? 1 : 0]);
  const fine = view.groups
    .filter((one) => one.level === finest || (one.level < finest && (one.parent === null || view.groups[one.parent].level > finest)))
    .map((one) => one.index)
    .sort((a, b) => counts[b] - counts[a] || a - b);
  const above = finest + 1 < view.levels.length && camera.zoom < LEAVES * zoomOf(view, finest);
  const coarse = above ? view.levels[finest + 1] : [];
  for (const group of [...coarse].sort((a, b) => counts[b] - counts[a])) order.push([group, 1]);
  for (const group of fine) order.push([group, 0]);
  const placed: Label[] = [];
  const done = new Set<number>();
  for (const [index, rank] of order) {
    const group = view.groups[index];
    if (done.has(index) || group.x === undefined || group.y === undefined || !counts[index]) continue;
    const x = camera.left + group.x * camera.scale;
    const y = camera.top - group.y * camera.scale;
    if (x < 0 || y < 0 || x > camera.width || y > camera.height) continue;
    const size = measure(index, rank);
    if (!size) continue;
    for (const [right, down] of SHIFTS) {
      const label: Label = {
        group: index,
        rank,
        ...size,
        x: within(x + right * size.width, size.width, camera.width),
        y: within(y + down * size.height, size.height, camera.height),
      };
      if (placed.some((other) => overlap(label, other)) || taken.some((other) => overlap(label, other))) continue;
      placed.push(label);
      done.add(index);
      break;
    }
  }
  return placed;
}

/** Where a title may stand, in its own widths and heights from the heart of its group. */
const SHIFTS = [
  [0, 0],
  [0, -0.7],
  [0, 0.7],
  [0.45, 0],
  [-0.45, 0],
  [0, -1.6],
  [0, 1.6],
];

function within(middle: number, size: number, room: number): number {
  return Math.min(Math.max(middle, size / 2 + 4), room - size / 2 - 4);
}

export function overlap(a: Box, b: Box): boolean {
  return (
    Math.abs(a.x - b.x) < (a.width + b.width) / 2 + MARGIN && Math.abs(a.y - b.y) < (a.height + b.height) / 2 + MARGIN / 2
  );
}

/** A title in lines of at most about `most` characters, three lines at most, the rest cut with a mark. */
export function wrap(text: string, most = 20): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  const kept = lines.slice(0, 3).map((line) => (line.length > most * 1.4 ? `${line.slice(0, Math.floor(most * 1.4))}…` : line));
  if (lines.length > 3) kept[2] = `${kept[2].replace(/[.,;:]$/, "")}…`;
  return kept;
}
