import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { finestLevel, type Camera } from "../logic/labels";
import { groupsAt } from "../logic/colouring";
import { simplify } from "../logic/lasso";
import { camera, counts, hovered, region, selectGroup, travelled, view } from "../state";
import { t, tongue } from "../words";
import { listen } from "./camera";
import { dots, ground } from "./dots";
import { labelAt, labels, Overlay, seen, updateLabels } from "./MapTitles";
import { drawing } from "./lassoing";
import { Icon } from "./parts";
import { PictureButton } from "./PictureMenu";
import { hasWebGL, makeScatter, type Bounds, type Scatter } from "./scatter";
import { Tooltip } from "./Tooltip";

const CLICK = 4; // pixels that a hand may shake in a click

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
  const lasso = drawing.value;
  const [drawn, setDrawn] = useState<{ shown: number; n: number; even: boolean } | null>(null);
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
      drew: (shown, of, even) => {
        setDrawn(shown < of ? { shown, n: of, even } : null);
        box.current?.setAttribute("data-points", String(shown));
      },
      lassoed: (polygon) => {
        region.value = { kind: "lasso", polygon: simplify(polygon) };
        drawing.value = false;
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
      if (!box.current?.clientWidth || !box.current.clientHeight || matchMedia("print").matches) return;
      const home = scatter.isHome();
      scatter.resize(box.current.clientWidth, box.current.clientHeight);
      if (home) scatter.home(false); // the whole map stays in view when its place grows or shrinks
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
    if (next) void plot.current?.draw(next).then(() => box.current?.setAttribute("data-drawn", String(Number(box.current.dataset.drawn ?? 0) + 1)));
  });
  useEffect(() => {
    if (ready && dots.value) void plot.current?.draw(dots.value).then(() => box.current?.setAttribute("data-drawn", "1"));
  }, [ready]);
  useSignalEffect(() => {
    void [counts.value, region.value, tongue.value];
    if (plot.current) updateLabels(plot.current);
  });
  useEffect(() => plot.current?.lasso(lasso), [lasso]);
  useSignalEffect(() => {
    if (!travelled.value) return; // the address told where to look
    const at = camera.peek();
    if (at) plot.current?.look(...at, true);
    else plot.current?.home(true);
  });

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
        <PictureButton map name={t("map")} />
        {!view.value.published && (
          <button type="button" aria-pressed={lasso} onClick={() => (drawing.value = !lasso)} title={t("lasso")} aria-label={t("lasso")} data-test="lasso">
            <Icon name="lasso" />
          </button>
        )}
      </div>
      {drawn && (
        <p class="some-drawn" title={t("drawnHelp")} data-test="some-drawn">
          {t(drawn.even ? "drawn" : "drawnFirst", { shown: drawn.shown, n: drawn.n })}
        </p>
      )}
      {hovered.value >= 0 && <Tooltip at={tooltipAt(pointer)} />}
      <p id="map-help" class="unseen">
        {t("mapHelp")}
      </p>
    </section>
  );
}

/** Of nearly all that is drawn: a handful of points far out should not make the rest small. */
function bounds(): Bounds {
  const { x, y, published, sums } = view.value;
  if (sums?.bounds) {
    const [left, low, right, high] = sums.bounds;
    return { x: left, y: low, width: Math.max(0.05, right - left), height: Math.max(0.05, high - low) };
  }
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

