/** Where something that floats stands: near a place, inside a room, and not over the place itself. */

const GAP = 14; // pixels between the place and what floats
const EDGE = 6; // pixels to the edge of the room

/** The left and top edge of a box of a size near a point: above it where there is room, otherwise below or beside it. */
export function placeNear(
  [x, y]: [number, number],
  [width, height]: [number, number],
  [roomWidth, roomHeight]: [number, number],
): [number, number] {
  const left = clamp(x - width / 2, roomWidth - width);
  if (y - GAP - height >= EDGE) return [left, y - GAP - height];
  if (y + GAP + height <= roomHeight - EDGE) return [left, y + GAP];
  const beside = x + GAP + width <= roomWidth - EDGE ? x + GAP : x - GAP - width;
  return [clamp(beside, roomWidth - width), clamp(y - height / 2, roomHeight - height)];
}

function clamp(value: number, most: number): number {
  return Math.max(Math.min(EDGE, most), Math.min(value, most - EDGE));
}
