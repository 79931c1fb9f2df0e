/** Titles on the map: coarse when far, fine when near, never one over another. */

import type { View } from "../data/view";
import type { Obstacles } from "./obstacles";

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
  /** Where the heart of the group is, if the title stands away from it, so that a line must lead there. */
  from: [number, number] | null;
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

/** Measures the title of a group, whole or cut to a few lines; null for none. */
export type Measure = (group: number, rank: 0 | 1, cut: boolean) => Measured | null;

/**
 * Places titles one after another, the largest group first; those of the level above the finest keep their place while
 * there is room. Groups with nothing left (`counts`) get none, and a group in `always` comes before all. Titles keep
 * off the boxes in `taken`, and off `obstacles` where they can; a group that has no title above it gets one even if it
 * must stand away from its group.
 */
export function placeLabels(
  view: View,
  camera: Camera,
  measure: Measure,
  counts: ArrayLike<number>,
  always: number | null = null,
  taken: Box[] = [],
  obstacles: Obstacles | null = null,
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
  // What lies far from all of these is an island without a title: it gets that of the finer group that lies there.
  const added = new Set(finest > 0 ? view.levels[finest - 1].filter((one) => view.groups[one].parent !== null) : []);
  for (const group of [...added].sort((a, b) => counts[b] - counts[a] || a - b)) order.push([group, 0]);
  const placed: Label[] = [];
  const hearts: [number, number][] = [];
  const apart = Math.max(APART[0], Math.min(APART[1], 0.22 * Math.min(camera.width, camera.height)));
  const done = new Set<number>();
  for (const [index, rank] of order) {
    const group = view.groups[index];
    if (done.has(index) || group.x === undefined || group.y === undefined || !counts[index]) continue;
    const x = camera.left + group.x * camera.scale;
    const y = camera.top - group.y * camera.scale;
    if (x < 0 || y < 0 || x > camera.width || y > camera.height) continue;
    const free = (box: Box) => !placed.some((other) => overlap(box, other)) && !taken.some((other) => overlap(box, other));
    const island = rank === 1 || group.parent === null;
    const covers = (box: Box) => obstacles?.covered(box) ?? 0;
    // A group whose parent has a title needs none of its own where that is near.
    if (added.has(index) && hearts.some(([hx, hy]) => Math.hypot(hx - x, hy - y) < apart)) continue;
    const label = place(camera, measure, { index, rank, x, y }, island || added.has(index), free, covers);
    if (!label) continue;
    placed.push(label);
    hearts.push([x, y]);
    done.add(index);
  }
  return placed;
}

const APART = [70, 130]; // pixels from the hearts of titled groups, from which on a finer group is an island of its own

interface Wanted {
  index: number;
  rank: 0 | 1;
  x: number;
  y: number;
}

/** The best place for a title: near its group, over no other title, over as few points as can be; whole, or else cut. */
function place(
  camera: Camera,
  measure: Measure,
  { index, rank, x, y }: Wanted,
  island: boolean,
  free: (box: Box) => boolean,
  covers: (box: Box) => number,
): Label | null {
  let best: [number, Label] | null = null;
  for (const cut of [false, true]) {
    const size = measure(index, rank, cut);
    if (!size) return null;
    for (const [spot, [right, down, dx, dy]] of SPOTS.entries()) {
      if ((dx || dy) && !island) break;
      const label: Label = {
        group: index,
        rank,
        ...size,
        x: held(x + right * size.width + dx, size.width, camera.width),
        y: held(y + down * size.height + dy, size.height, camera.height),
        from: null,
      };
      if (!free(label)) continue;
      const cost = spot + COVERED * covers(label) + (cut ? CUT : 0);
      if (best && cost >= best[0]) continue;
      best = [cost, distance(label, x, y) > LED ? { ...label, from: [x, y] } : label];
      if (cost === 0) return label;
    }
    if (best && best[0] < CUT) break; // a cut title is worth no less than a whole one far away
  }
  return best?.[1] ?? null;
}

const COVERED = 40; // a title rather goes anywhere else than over a point
const CUT = 30;
const LED = 12; // pixels from a title to the heart of its group, from which on a line leads there

/** How far a place is from the edge of a box; 0 inside. */
function distance(box: Box, x: number, y: number): number {
  return Math.hypot(Math.max(0, Math.abs(box.x - x) - box.width / 2), Math.max(0, Math.abs(box.y - y) - box.height / 2));
}

/**
 * Where a title may stand, the nearest first: in its own widths and heights from the heart of its group, and further
 * away in rings, by pixels.
 */
const SPOTS: [number, number, number, number][] = [
  [0, 0, 0, 0],
  [0, -0.7, 0, 0],
  [0, 0.7, 0, 0],
  [0.45, 0, 0, 0],
  [-0.45, 0, 0, 0],
  [0, -1.6, 0, 0],
  [0, 1.6, 0, 0],
];
for (let ring = 1; ring <= 14; ring++) {
  for (let step = 0; step < 12; step++) {
    const angle = ((step + (ring % 2) / 2) * Math.PI) / 6;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    SPOTS.push([cos * 0.55, sin * 0.8, cos * ring * 14, sin * ring * 14]);
  }
}

function held(middle: number, size: number, room: number): number {
  return Math.min(Math.max(middle, size / 2 + 4), room - size / 2 - 4);
}

export function overlap(a: Box, b: Box): boolean {
  return (
    Math.abs(a.x - b.x) < (a.width + b.width) / 2 + MARGIN && Math.abs(a.y - b.y) < (a.height + b.height) / 2 + MARGIN / 2
  );
}
