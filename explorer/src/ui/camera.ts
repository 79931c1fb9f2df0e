/** Moves of the map that other panes ask for; the map, where there is one, listens. */

type Move = { kind: "place"; x: number; y: number; zoom: number } | { kind: "group"; group: number };

let mover: ((move: Move) => void) | null = null;

export function listen(next: ((move: Move) => void) | null): void {
  mover = next;
}

export function flyTo(x: number, y: number, zoom: number): void {
  mover?.({ kind: "place", x, y, zoom });
}

export function flyToGroup(group: number): void {
  mover?.({ kind: "group", group });
}

import { view } from "../state";

export function flyToRow(row: number): void {
  if (view.value.x.length) flyTo(view.value.x[row], view.value.y[row], 6);
}
