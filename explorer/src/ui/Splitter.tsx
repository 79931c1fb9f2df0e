import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../words";
import { LIMITS, setWidth, widths, type Pane } from "./panes";

const STEP = 24; // pixels a key moves it

/** The edge of a pane: dragged, or moved by keys; a double click or Enter gives the usual width back. */
export function Splitter({ pane }: { pane: Pane }) {
  const bar = useRef<HTMLDivElement>(null);
  const [least, most] = LIMITS[pane];
  const widthOf = (one: Pane) => document.querySelector(one === "tree" ? ".tree-pane" : ".details")?.getBoundingClientRect().width ?? 0;
  const set = (width: number | null) => setWidth(pane, width, widthOf(pane === "tree" ? "details" : "tree"));
  const drag = (event: PointerEvent) => {
    if (!bar.current?.hasPointerCapture(event.pointerId)) return;
    set(pane === "tree" ? event.clientX : innerWidth - event.clientX);
  };
  const onKey = (event: KeyboardEvent) => {
    const wider = pane === "tree" ? "ArrowRight" : "ArrowLeft";
    const narrower = pane === "tree" ? "ArrowLeft" : "ArrowRight";
    const actions: Record<string, () => void> = {
      [wider]: () => set(widthOf(pane) + STEP),
      [narrower]: () => set(widthOf(pane) - STEP),
      Home: () => set(least),
      End: () => set(most),
      Enter: () => set(null),
    };
    if (!(event.key in actions)) return;
    event.preventDefault();
    actions[event.key]();
  };
  void widths.value;
  useLayoutEffect(() => bar.current?.setAttribute("aria-valuenow", String(Math.round(widthOf(pane))))); // once the panes have one
  return (
    <div
      ref={bar}
      class={`splitter of-${pane}`}
      role="separator"
      aria-orientation="vertical"
      aria-label={t(pane === "tree" ? "treeWidth" : "detailsWidth")}
      aria-valuemin={least}
      aria-valuemax={most}
      title={t("widthHelp")}
      tabIndex={0}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={drag}
      onDblClick={() => set(null)}
      onKeyDown={onKey}
      data-test={`${pane}-width`}
    />
  );
}
