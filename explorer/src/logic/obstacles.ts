/** What titles should not cover: the points of a small map, and the bubbles of a published one, on the screen. */

import type { View } from "../data/view";
import type { Box, Camera } from "./labels";
import type { Lists } from "./lists";

const CELL = 24; // pixels
const SMALL = 3000; // points; more of them lie so close that every title covers some
const RIM = 5; // pixels around a point

export interface Obstacles {
  /** How many points a box covers. */
  covered: (box: Box) => number;
}

/** The points that are drawn, sorted into cells of the screen; null where there are too many. */
export function obstaclesOf(view: View, camera: Camera, { inside, outside }: Lists, radius: (index: number) => number): Obstacles | null {
  const { published } = view;
  const number = published ? view.groups.length : view.rows;
  if (number > SMALL) return null;
  const cells = new Map<number, [number, number][]>();
  const wide = Math.ceil(camera.width / CELL) + 2;
  const add = (x: number, y: number) => {
    if (x < -RIM || y < -RIM || x > camera.width + RIM || y > camera.height + RIM) return;
    const key = (Math.floor(y / CELL) + 1) * wide + Math.floor(x / CELL) + 1;
    const cell = cells.get(key);
    if (cell) cell.push([x, y]);
    else cells.set(key, [[x, y]]);
  };
  for (const index of [...inside, ...outside]) {
    const [mx, my] = published ? [view.groups[index].x, view.groups[index].y] : [view.x[index], view.y[index]];
    if (mx === undefined || my === undefined) continue;
    const [x, y] = [camera.left + mx * camera.scale, camera.top - my * camera.scale];
    add(x, y);
    if (!published) continue;
    const r = radius(index);
    for (const [right, down] of AROUND) add(x + right * r, y + down * r);
  }
  const covered = (box: Box): number => {
    const [left, right] = [box.x - box.width / 2 - RIM, box.x + box.width / 2 + RIM];
    const [top, bottom] = [box.y - box.height / 2 - RIM, box.y + box.height / 2 + RIM];
    let found = 0;
    for (let row = Math.floor(top / CELL) + 1; row <= Math.floor(bottom / CELL) + 1; row++) {
      for (let column = Math.floor(left / CELL) + 1; column <= Math.floor(right / CELL) + 1; column++) {
        for (const [x, y] of cells.get(row * wide + column) ?? []) {
          if (x >= left && x <= right && y >= top && y <= bottom) found++;
        }
      }
    }
    return found;
  };
  return { covered };
}

const AROUND = Array.from({ length: 8 }, (_, step) => [Math.cos((step * Math.PI) / 4), Math.sin((step * Math.PI) / 4)]);
