/** The titles of the map, and what else is drawn over its points. */

import { signal } from "@preact/signals";
import { placeLabels, type Camera, type Label, type Measured } from "../logic/labels";
import { wrap } from "../logic/lettering";
import { obstaclesOf } from "../logic/obstacles";
import { counts, hovered, pointed, region, view } from "../state";
import { dots } from "./dots";
import { groupName, nameClass } from "./parts";
import type { Scatter } from "./scatter";

const TOOLS = { y: 92, width: 40, height: 172 }; // the buttons at the map's corner, which no title may lie under
const RING = 5; // pixels
const BUBBLE = 0.8; // a title may touch the edge of another group's bubble

export const labels = signal<Label[]>([]);
export const seen = signal<Camera | null>(null);

export function labelAt(x: number, y: number): Label | undefined {
  return labels.value.find((one) => Math.abs(one.x - x) < one.width / 2 && Math.abs(one.y - y) < one.height / 2);
}

export function updateLabels(scatter: Scatter): void {
  const now = scatter.camera();
  const always = pointed.value ?? (region.value?.kind === "group" ? region.value.group : null);
  seen.value = now;
  const { size, sizes } = dots.value ?? {};
  const obstacles = dots.value ? obstaclesOf(view.value, now, dots.value, (index) => (size && sizes ? (sizes[size[index]] / 2) * BUBBLE : 0)) : null;
  labels.value = placeLabels(view.value, now, measure, counts.value, always, [{ ...TOOLS, x: now.width - 28 }], obstacles);
}

const FONTS = ["500 12px Inter, 'Segoe UI', 'Noto Sans', system-ui, sans-serif", "600 16px Charter, 'Noto Serif', Georgia, serif"];
const LINE = [15, 19];
const sizes = new Map<string, Measured>();
let pen: CanvasRenderingContext2D | null = null;

/** The size of a title, whole or cut to three lines. A withheld name has one too: every island says what it is. */
function measure(group: number, rank: 0 | 1, cut: boolean): Measured {
  const { groups } = view.value;
  // With one level, or when only the top is titled, titles are those of regions.
  const style = rank === 1 || groups[group].parent === null ? 1 : 0;
  const name = groupName(group);
  const key = `${style}${cut}${name}`;
  let size = sizes.get(key);
  if (!size) {
    pen ??= document.createElement("canvas").getContext("2d")!;
    pen.font = FONTS[style];
    const lines = wrap(name, style ? 18 : 22, cut ? 3 : 6);
    const width = Math.max(...lines.map((line) => pen!.measureText(line).width)) + 4;
    size = { lines, width, height: lines.length * LINE[style] };
    sizes.set(key, size);
  }
  return size;
}

/** A ring around the point that the tooltip is of: to draw that point anew, the map would draw all of them. */
function Ring() {
  const [row, now, drawn] = [hovered.value, seen.value, dots.value];
  if (row < 0 || !now || !drawn || drawn.x[row] === undefined) return null;
  const r = drawn.size && drawn.sizes ? drawn.sizes[drawn.size[row]] / 2 : RING;
  return (
    <svg class="ring">
      <circle cx={now.left + drawn.x[row] * now.scale} cy={now.top - drawn.y[row] * now.scale} r={r} />
    </svg>
  );
}

export function Overlay() {
  const { groups } = view.value;
  const selected = region.value?.kind === "group" ? region.value.group : null;
  const now = seen.value;
  const polygon = region.value?.kind === "lasso" ? region.value.polygon : null;
  const near = pointed.value !== null ? groups[pointed.value] : null;
  const titles = labels.value.filter((one) => one.group < groups.length); // those of another view go with its map
  return (
    <div class="overlay" aria-hidden="true">
      <Ring />
      {now && polygon && (
        <svg>
          <polygon class="drawn" points={polygon.map(([x, y]) => `${now.left + x * now.scale},${now.top - y * now.scale}`).join(" ")} />
        </svg>
      )}
      {now && near?.x !== undefined && (
        <svg>
          <circle
            class="pointed"
            cx={now.left + near.x * now.scale}
            cy={now.top - near.y! * now.scale}
            r={Math.max(12, (near.spread ?? 0) * now.scale * 1.5)}
          />
        </svg>
      )}
      {titles.some((one) => one.from) && (
        <svg>
          {titles.map(({ group, from, x, y, width, height }) => {
            if (!from) return null;
            const [dx, dy] = [Math.max(-width / 2, Math.min(from[0] - x, width / 2)), Math.max(-height / 2, Math.min(from[1] - y, height / 2))];
            return <line key={group} class="leader" x1={x + dx} y1={y + dy} x2={from[0]} y2={from[1]} />;
          })}
        </svg>
      )}
      {titles.map((one) => {
        const region_ = one.rank === 1 || groups[one.group].parent === null;
        return (
          <span
            key={one.group}
            class={`title ${region_ ? "region" : "fine"}${one.group === selected ? " selected" : ""}${nameClass(one.group).slice(4)}`}
            style={{ transform: `translate(${one.x}px, ${one.y}px) translate(-50%, -50%)` }}
            data-group={one.group}
          >
            {one.lines.map((line, place) => (
              <span key={place}>{line}</span>
            ))}
          </span>
        );
      })}
    </div>
  );
}
