/** The points: regl-scatterplot, told what to draw, and where it looks. */

import createScatterplot, { createRenderer } from "regl-scatterplot";
import type { Camera } from "../logic/labels";
import type { Polygon } from "../logic/lasso";
import type { Lists } from "../logic/lists";
import { nearest } from "../logic/nearest";
import { FIRST_DRAWN, MOST_DRAWN, pick, type Window } from "../logic/sample";
import { followPointer } from "./pointer";

/** The points `inside` the selection are drawn as they are, those `outside` dim, and all others not at all. */
export interface Dots extends Lists {
  x: Float32Array;
  y: Float32Array;
  /** Place of each point's colour. */
  codes: Uint16Array;
  colours: string[];
  /** Bubbles: place of each one's size in `sizes`; without it all points are of one size. */
  size?: Uint8Array;
  sizes?: number[];
}

export interface Scatter {
  draw: (dots: Dots) => Promise<void>;
  look: (x: number, y: number, zoom: number, fly: boolean) => void;
  camera: () => Camera;
  lasso: (on: boolean) => void;
  /** The whole map, with a little room around it. */
  home: (fly: boolean) => void;
  isHome: () => boolean;
  resize: (width: number, height: number) => void;
  ground: (colour: string) => void;
  destroy: () => void;
}

export interface Heard {
  moved: () => void;
  over: (index: number) => void;
  lassoed: (polygon: Polygon) => void;
  /** How many points are drawn, of how many that could be here, and whether they are picked evenly. */
  drew: (shown: number, of: number, even: boolean) => void;
}

const SETTLED = 250; // ms after which the map has stopped to move, and the reader to click
const SLOW = 80; // ms that a drawing may take before fewer points are drawn first, as without a graphics card
const AWAY = 9; // where hidden points go: out of sight
const NEAR = 4; // pixels from the edge of a point from which on the pointer is over it
/** An index of no points (KDBush, version 1): the plot would make one for the pointer at every drawing. */
const NO_INDEX = Uint8Array.of(0xdb, 0x18, 64, 0, 0, 0, 0, 0).buffer;

/** Whether points can be drawn at all: WebGL with textures of floats. */
export function hasWebGL(): boolean {
  const context = document.createElement("canvas").getContext("webgl");
  const enough = Boolean(context?.getExtension("OES_texture_float"));
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return enough;
}

/** The part of the plane that the points take up. */
export interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

const ROOM = 1.12; // room around the whole map, for the titles at its edge
const BUTTONS = 54; // pixels at the right edge, where the buttons of the map are

export function makeScatter(
  canvas: HTMLCanvasElement,
  [width, height]: [number, number],
  bounds: Bounds,
  ground: string,
  heard: Heard,
): Scatter {
  let size = [width, height];
  /** Pixels a unit of the plane when the whole map is in view. */
  const fit = () => {
    const wide = Math.min(size[0] / ROOM, Math.max(0.7 * size[0], size[0] - 2 * BUTTONS)); // no point lies under a button
    return Math.min(wide / bounds.width, size[1] / (bounds.height * ROOM));
  };
  // A renderer of its own is as large as the map; the plot's would be as large as the window, and cost twice as much.
  const renderer = createRenderer({ canvas: document.createElement("canvas") });
  renderer.resize(width, height);
  const plot = createScatterplot({
    renderer,
    canvas,
    width,
    height,
    backgroundColor: ground,
    aspectRatio: 1,
    pointSize: 3,
    pointSizeSelected: 0,
    pointOutlineWidth: 0,
    antiAliasing: 1,
    deselectOnDblClick: false,
    deselectOnEscape: false,
    lassoInitiator: false,
    lassoOnLongPress: false,
    lassoMinDelay: 6,
    lassoMinDist: 3,
    lassoColor: "#d9772b",
    ...{ actionKeyMap: { lasso: "shift" } }, // in its code, not yet in its types
    cameraDistance: 1,
  });
  let lassoing = false;
  /** The rows that are drawn; null for all. */
  let picked: Uint32Array | null = null;
  let settle: ReturnType<typeof setTimeout> | undefined;
  const later = () => {
    clearTimeout(settle);
    settle = setTimeout(() => void repick(), SETTLED);
  };
  plot.subscribe("view", () => {
    heard.moved();
    if (picked) later();
  });
  plot.subscribe("lassoStart", () => (lassoing = true));
  plot.subscribe("select", () => {
    if (!lassoing) plot.deselect({ preventEvent: true });
  });
  plot.subscribe("lassoEnd", ({ coordinates }: { coordinates: unknown }) => {
    lassoing = false;
    plot.deselect({ preventEvent: true });
    const polygon = (coordinates as [number, number][]).map(([x, y]) => [x, y] as [number, number]);
    if (polygon.length > 2) heard.lassoed(polygon);
  });

  const ignore = followPointer(canvas, ([px, py]) => (latest ? under(latest, px, py) : -1), heard.over);

  /** The point at a place of the screen. */
  function under({ x, y, inside, outside, size, sizes }: Dots, px: number, py: number): number {
    const { left, top, scale } = at();
    const grown = Math.asinh(Math.max(1, (plot.get("camera").view as Float32Array)[0])) / Math.asinh(1);
    const reach = (diameter: number) => ((diameter * grown) / 2 + NEAR) / scale;
    const reaches = size && sizes ? (row: number) => reach(sizes[size[row]]) : reach(sizeOf(Math.min(x.length, MOST_DRAWN)));
    return nearest(picked ? [picked] : [outside, inside], x, y, [(px - left) / scale, (top - py) / scale], reaches);
  }

  // Drawing is asynchronous; while one is under way only the newest wish is kept.
  const pool: number[][] = [];
  let rows: number[][] = [];
  let busy = false;
  let gone = false;
  let wish: { dots: Dots; most: number; done: () => void } | null = null;
  let slow = false;
  let style = "";
  let latest: Dots | null = null;

  async function drawNow(dots: Dots, most: number): Promise<void> {
    const { x, y, codes } = dots;
    const n = x.length;
    const began = performance.now();
    const seen = Math.min(n, MOST_DRAWN);
    latest = dots;
    const next = JSON.stringify([dots.colours, dots.sizes]);
    if (next !== style) {
      style = next;
      const bubbles = dots.sizes !== undefined;
      plot.set({
        pointColor: dots.colours.length > 1 ? dots.colours : [...dots.colours, ...dots.colours],
        colorBy: "valueA",
        opacityBy: bubbles ? null : "valueB",
        opacity: bubbles ? 0.86 : [dimOf(seen), opacityOf(seen)],
        sizeBy: bubbles ? "valueB" : null,
        pointSize: bubbles ? dots.sizes! : sizeOf(seen),
      });
    }
    const some = n > most ? pick(dots, x, y, inSight(), most) : null;
    const drawn = some ? some.rows.length : n;
    // The plot takes rows of four; the same ones are filled each time, as making them costs more than drawing.
    while (pool.length < drawn) pool.push([0, 0, 0, 0]);
    if (rows.length !== drawn) rows = pool.slice(0, drawn);
    const put = (row: number[], at: number, bright: number) => {
      row[0] = x[at];
      row[1] = y[at];
      row[2] = codes[at];
      row[3] = dots.size ? dots.size[at] : bright;
    };
    if (some) for (let i = 0; i < drawn; i++) put(rows[i], some.rows[i], i < some.dim ? 0 : 1);
    else {
      for (const row of rows) row.fill(AWAY, 0, 2).fill(0, 2);
      for (const at of dots.outside) put(rows[at], at, 0);
      for (const at of dots.inside) put(rows[at], at, 1);
    }
    await plot.draw(
      rows,
      { zDataType: "categorical", wDataType: "categorical", spatialIndex: NO_INDEX, preventFilterReset: true },
    );
    picked = some && some.rows;
    heard.drew(drawn, some ? some.of : n, some?.even ?? true);
    if (drawn > 2 * FIRST_DRAWN) slow = performance.now() - began > SLOW;
    if (some && drawn < Math.min(some.of, MOST_DRAWN) && most < MOST_DRAWN) later();
  }

  /** What the window shows, with as much on every side; null when that is the whole map. */
  function inSight(): Window | null {
    const now = at();
    if (now.zoom <= 1.01) return null;
    const [wide, high] = [now.width / now.scale, now.height / now.scale];
    const [left, top] = [-now.left / now.scale, now.top / now.scale];
    return { left: left - wide, right: left + 2 * wide, low: top - 2 * high, high: top + high };
  }

  /** The points that are drawn, chosen anew for what is in sight now. */
  async function repick(): Promise<void> {
    if (gone || !latest || wish) return; // what is wished for is chosen for what is in sight then
    wish = { dots: latest, most: MOST_DRAWN, done: () => undefined };
    await run();
  }

  async function run(): Promise<void> {
    if (busy) return;
    busy = true;
    while (wish) {
      const { dots, most, done } = wish;
      wish = null;
      try {
        await drawNow(dots, most);
      } catch (error) {
        if (!gone) console.error(error); // a drawing that the plot's end cut short is none of anyone's concern
      }
      done();
    }
    busy = false;
  }

  let last: Camera = { left: 0, top: 0, scale: 1, width: size[0], height: size[1], zoom: 1 };
  const at = (): Camera => {
    if (gone) return last; // a frame or timer that was set before the plot's end
    const matrix = plot.get("camera").view as Float32Array;
    const [w, h] = size;
    const aspect = w / h;
    last = {
      left: (w / 2) * (1 + matrix[12] / aspect),
      top: (h / 2) * (1 - matrix[13]),
      scale: (matrix[0] * h) / 2,
      width: w,
      height: h,
      zoom: (matrix[0] * h) / 2 / fit(),
    };
    return last;
  };

  const look = (x: number, y: number, zoom: number, fly: boolean) => {
    const distance = size[1] / 2 / (zoom * fit());
    void plot.zoomToLocation([x, y], distance, { transition: fly, transitionDuration: 450 }).catch(() => undefined);
  };

  return {
    draw: (dots) =>
      new Promise((done) => {
        wish?.done();
        clearTimeout(settle);
        wish = { dots, most: slow ? FIRST_DRAWN : MOST_DRAWN, done };
        void run();
      }),
    look,
    isHome: () => {
      const now = at();
      const x = (now.width / 2 - now.left) / now.scale - bounds.x - bounds.width / 2;
      const y = (now.top - now.height / 2) / now.scale - bounds.y - bounds.height / 2;
      return Math.abs(now.zoom - 1) < 0.01 && Math.hypot(x, y) < 0.01;
    },
    home: (fly) => look(bounds.x + bounds.width / 2, bounds.y + bounds.height / 2, 1, fly),
    camera: at,
    lasso: (on) => plot.set({ mouseMode: on ? "lasso" : "panZoom" }),
    resize: (w, h) => {
      if (w === size[0] && h === size[1]) return;
      size = [w, h];
      renderer.resize(w, h);
      plot.set({ width: w, height: h });
    },
    ground: (colour) => plot.set({ backgroundColor: colour }),
    destroy: () => {
      gone = true;
      ignore();
      clearTimeout(settle);
      plot.destroy();
      renderer.destroy();
    },
  };
}

/** Diameter in pixels when the whole map is in view. */
export function sizeOf(n: number): number {
  return Math.min(8, Math.max(1.2, 33 / n ** 0.24 - 0.4));
}

export function opacityOf(n: number): number {
  return Math.min(0.9, Math.max(0.22, 1.45 - 0.21 * Math.log10(n)));
}

export function dimOf(n: number): number {
  return Math.max(0.025, 0.4 - 0.078 * Math.log10(n));
}
