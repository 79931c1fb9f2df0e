import { signal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { finestLevel, placeLabels, wrap, type Camera, type Label, type Measured } from "../logic/labels";
import { groupsAt } from "../logic/colouring";
import { simplify } from "../logic/lasso";
import { camera, counts, hovered, pointed, region, selectGroup, view } from "../state";
import { t, tongue } from "../words";
import { listen } from "./camera";
import { dots, ground } from "./dots";
import { Icon } from "./parts";
import { hasWebGL, makeScatter, type Bounds, type Scatter } from "./scatter";
import { Tooltip } from "./Tooltip";

const CLICK = 4; // pixels that a hand may shake in a click

const TOOLS = { y: 76, width: 40, height: 140 }; // the buttons at the map's corner, which no title may lie under

const labels = signal<Label[]>([]);
const seen = signal<Camera | null>(null);

export function MapPane() {
  if (!view.value.map) return <NoMap title={t("noMap")} why={t("noMapWhy")} />;
  return <DrawnMap />;
}

function NoMap({ title, why }: { title: string; why: string }) {
  return (
    <section class="map none-here" aria-label={t("map")} data-test="no-map">
      <h2>{title}</h2>
      <p>{why}</p>
    </section>
  );
}

function DrawnMap() {
  const [able] = useState(hasWebGL);
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const plot = useRef<Scatter | null>(null);
  const [ready, setReady] = useState(false);
  const [lasso, setLasso] = useState(false);
  const [pointer, setPointer] = useState<[number, number]>([0, 0]);

  useEffect(() => {
    if (!able || !box.current || !canvas.current) return;
    const { clientWidth, clientHeight } = box.current;
    const relabel = frames(() => updateLabels(scatter));
    let settle: ReturnType<typeof setTimeout> | undefined;
    const scatter = makeScatter(canvas.current, [clientWidth, clientHeight], bounds(), ground.value, {
      moved: () => {
        relabel();
        clearTimeout(settle);
        settle = setTimeout(() => (camera.value = scatter.isHome() ? null : placeOf(scatter.camera())), 200);
      },
      over: (index) => (hovered.value = index),
      lassoed: (polygon) => {
        region.value = { kind: "lasso", polygon: simplify(polygon) };
        setLasso(false);
      },
    });
    plot.current = scatter;
    if (camera.value) scatter.look(...camera.value, false);
    else scatter.home(false);
    relabel();
    listen((move) => {
      if (move.kind === "place") return scatter.look(move.x, move.y, move.zoom, true);
      const group = view.value.groups[move.group];
      if (group.x === undefined || group.y === undefined) return;
      const now = scatter.camera();
      const [px, py] = [now.left + group.x * now.scale, now.top - group.y * now.scale];
      const away = px < 40 || py < 40 || px > now.width - 40 || py > now.height - 40;
      if (away) scatter.look(group.x, group.y, now.zoom, true);
    });
    const watch = new ResizeObserver(() => {
      if (!box.current?.clientWidth) return;
      scatter.resize(box.current.clientWidth, box.current.clientHeight);
      relabel();
    });
    watch.observe(box.current);
    setReady(true);
    return () => {
      listen(null);
      clearTimeout(settle);
      watch.disconnect();
      scatter.destroy();
      labels.value = [];
      plot.current = null;
    };
  }, [able]);

  useSignalEffect(() => {
    const colour = ground.value;
    plot.current?.ground(colour);
  });
  useSignalEffect(() => {
    const next = dots.value;
    void plot.current?.draw(next).then(() => box.current?.setAttribute("data-drawn", String(Number(box.current.dataset.drawn ?? 0) + 1)));
  });
  useEffect(() => {
    if (ready) void plot.current?.draw(dots.value).then(() => box.current?.setAttribute("data-drawn", "1"));
  }, [ready]);
  useSignalEffect(() => {
    void [counts.value, region.value, tongue.value];
    if (plot.current) updateLabels(plot.current);
  });
  useEffect(() => plot.current?.lasso(lasso), [lasso]);

  if (!able) return <NoMap title={t("noWebGL")} why={t("noWebGLWhy")} />;

  const zoom = (factor: number) => {
    const now = plot.current?.camera();
    if (!now) return;
    const [x, y, z] = placeOf(now);
    plot.current?.look(x, y, z * factor, true);
  };
  let down: [number, number] = [0, 0];
  const local = (event: MouseEvent): [number, number] => {
    const { left, top } = box.current!.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  const click = (event: MouseEvent) => {
    const [x, y] = local(event);
    if (lasso || event.shiftKey || Math.hypot(event.clientX - down[0], event.clientY - down[1]) > CLICK) return;
    const label = labelAt(x, y);
    if (label) selectGroup(label.group);
    else if (hovered.value >= 0) selectGroup(groupOfPoint(hovered.value, plot.current!.camera().zoom));
    else if (region.value) selectGroup(null);
  };
  return (
    <section class={lasso ? "map lassoing" : "map"} aria-label={t("map")} aria-describedby="map-help" data-test="map" ref={box}>
      <canvas
        ref={canvas}
        aria-hidden="true"
        onMouseDown={(event) => (down = [event.clientX, event.clientY])}
        onMouseMove={(event) => setPointer(local(event))}
        onClick={click}
      />
      <Overlay />
      <div class="map-tools" role="toolbar" aria-label={t("map")}>
        <button type="button" onClick={() => zoom(1.7)} title={t("zoomIn")} aria-label={t("zoomIn")}>
          <Icon name="plus" />
        </button>
        <button type="button" onClick={() => zoom(1 / 1.7)} title={t("zoomOut")} aria-label={t("zoomOut")}>
          <Icon name="minus" />
        </button>
        <button type="button" onClick={() => plot.current?.home(true)} title={t("zoomAll")} aria-label={t("zoomAll")}>
          <Icon name="whole" />
        </button>
        {!view.value.published && (
          <button type="button" aria-pressed={lasso} onClick={() => setLasso(!lasso)} title={t("lasso")} aria-label={t("lasso")} data-test="lasso">
            <Icon name="lasso" />
          </button>
        )}
      </div>
      {hovered.value >= 0 && <Tooltip at={tooltipAt(pointer)} />}
      <p id="map-help" class="unseen">
        {t("mapHelp")}
      </p>
    </section>
  );
}

/** Of nearly all that is drawn: a handful of points far out should not make the rest small. */
function bounds(): Bounds {
  const { x, y, published } = view.value;
  const [left, right] = ends(published ? bubbleEnds("x") : x);
  const [low, high] = ends(published ? bubbleEnds("y") : y);
  // A map of one point is a map all the same.
  return { x: left, y: low, width: Math.max(0.05, right - left), height: Math.max(0.05, high - low) };
}

function bubbleEnds(axis: "x" | "y"): Float32Array {
  return Float32Array.from(view.value.groups.filter((one) => !one.children.length), (one) => one[axis] ?? 0);
}

const FAR = 0.004; // the share of points at either end that may lie outside the first view

function ends(all: Float32Array): [number, number] {
  const sorted = Float32Array.from(all).sort();
  const cut = sorted.length > 200 ? Math.floor(sorted.length * FAR) : 0;
  return [sorted[cut] ?? -1, sorted[sorted.length - 1 - cut] ?? 1];
}

const NEAR = 60; // pixels from the pointer to a point that it can be over; a bubble's heart is up to 37 away

/** The pointer, if it is over the point; a point that was found otherwise has its tooltip where it is drawn. */
function tooltipAt(pointer: [number, number]): [number, number] {
  const now = seen.value;
  const { published, x, y, groups } = view.value;
  const [px, py] = published ? [groups[hovered.value]?.x, groups[hovered.value]?.y] : [x[hovered.value], y[hovered.value]];
  if (!now || px === undefined || py === undefined) return pointer;
  const at: [number, number] = [now.left + px * now.scale, now.top - py * now.scale];
  return Math.hypot(at[0] - pointer[0], at[1] - pointer[1]) < NEAR ? pointer : at;
}

/** Middle of the view and the zoom. */
function placeOf(now: Camera): [number, number, number] {
  return [(now.width / 2 - now.left) / now.scale, (now.top - now.height / 2) / now.scale, now.zoom];
}

/** A point stands for the group of the level that the map now titles; once that is selected, for its base group. */
function groupOfPoint(index: number, zoom: number): number {
  if (view.value.published) return index;
  const base = view.value.group[index];
  const at = groupsAt(view.value, finestLevel(view.value, zoom))[base];
  return region.value?.kind === "group" && region.value.group === at ? base : at;
}

function labelAt(x: number, y: number): Label | undefined {
  return labels.value.find((one) => Math.abs(one.x - x) < one.width / 2 && Math.abs(one.y - y) < one.height / 2);
}

function updateLabels(scatter: Scatter): void {
  const now = scatter.camera();
  const always = pointed.value ?? (region.value?.kind === "group" ? region.value.group : null);
  seen.value = now;
  labels.value = placeLabels(view.value, now, measure, counts.value, always, [{ ...TOOLS, x: now.width - 28 }]);
}

const FONTS = ["500 12px Inter, 'Segoe UI', 'Noto Sans', system-ui, sans-serif", "600 16px Charter, 'Noto Serif', Georgia, serif"];
const LINE = [15, 19];
const sizes = new Map<string, Measured>();
let pen: CanvasRenderingContext2D | null = null;

function measure(group: number, rank: 0 | 1): Measured | null {
  const { groups } = view.value;
  // With one level, or when only the top is titled, titles are those of regions.
  const style = rank === 1 || groups[group].parent === null ? 1 : 0;
  const name = groups[group].name;
  if (name === null) return null;
  const key = `${style}${name}`;
  let size = sizes.get(key);
  if (!size) {
    pen ??= document.createElement("canvas").getContext("2d")!;
    pen.font = FONTS[style];
    const lines = wrap(name, style ? 18 : 22);
    const width = Math.max(...lines.map((line) => pen!.measureText(line).width)) + 4;
    size = { lines, width, height: lines.length * LINE[style] };
    sizes.set(key, size);
  }
  return size;
}

function Overlay() {
  const { groups } = view.value;
  const selected = region.value?.kind === "group" ? region.value.group : null;
  const now = seen.value;
  const polygon = region.value?.kind === "lasso" ? region.value.polygon : null;
  const near = pointed.value !== null ? groups[pointed.value] : null;
  const titles = labels.value.filter((one) => one.group < groups.length); // those of another view go with its map
  return (
    <div class="overlay" aria-hidden="true">
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
      {titles.map((one) => {
        const region_ = one.rank === 1 || groups[one.group].parent === null;
        return (
          <span
            key={one.group}
            class={`title ${region_ ? "region" : "fine"}${one.group === selected ? " selected" : ""}`}
            style={{ transform: `translate(${one.x}px, ${one.y}px) translate(-50%, -50%)` }}
            data-group={one.group}
          >
            {one.lines.map((line) => (
              <span key={line}>{line}</span>
            ))}
          </span>
        );
      })}
    </div>
  );
}

/** At most once a frame. */
function frames(act: () => void): () => void {
  let waiting = 0;
  return () => {
    if (!waiting)
      waiting = requestAnimationFrame(() => {
        waiting = 0;
        act();
      });
  };
}

