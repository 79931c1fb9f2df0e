/** What a line drawn on the map takes in. */

export type Polygon = [number, number][];

/** Rows inside a polygon (even–odd rule), 1 each. */
export function inside(polygon: Polygon, x: Float32Array, y: Float32Array): Uint8Array {
  const chosen = new Uint8Array(x.length);
  const xs = polygon.map((point) => point[0]);
  const ys = polygon.map((point) => point[1]);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  for (let row = 0; row < x.length; row++) {
    if (x[row] < left || x[row] > right || y[row] < low || y[row] > high) continue;
    let within = false;
    for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
      if (ys[i] > y[row] !== ys[j] > y[row] && x[row] < ((xs[j] - xs[i]) * (y[row] - ys[i])) / (ys[j] - ys[i]) + xs[i]) {
        within = !within;
      }
    }
    chosen[row] = within ? 1 : 0;
  }
  return chosen;
}

/** The same line with fewer points (Ramer–Douglas–Peucker), rounded, so that it fits into an address. */
export function simplify(line: Polygon, most = 48): Polygon {
  let tolerance = 0.002;
  let found = line;
  while (found.length > most || tolerance === 0.002) {
    found = reduce(line, tolerance);
    tolerance *= 1.6;
  }
  return found.map(([x, y]) => [round(x), round(y)]);
}

function reduce(line: Polygon, tolerance: number): Polygon {
  if (line.length < 3) return line;
  const [first, last] = [line[0], line[line.length - 1]];
  let far = 0;
  let at = 0;
  for (let i = 1; i < line.length - 1; i++) {
    const distance = fromSegment(line[i], first, last);
    if (distance > far) [far, at] = [distance, i];
  }
  if (far <= tolerance) return [first, last];
  return [...reduce(line.slice(0, at + 1), tolerance).slice(0, -1), ...reduce(line.slice(at), tolerance)];
}

function fromSegment([x, y]: [number, number], [ax, ay]: [number, number], [bx, by]: [number, number]): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const t = length ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
