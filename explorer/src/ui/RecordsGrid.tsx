import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { cellText, columnOf, type Key } from "../logic/records";
import { filters, view } from "../state";
import { number, t, valueName } from "../words";
import { Icon, topColour } from "./parts";
import { keys, looked, names, order, rows, showTable, ticks, titleOf } from "./records-state";

const HEIGHT = 30; // pixels of a row
const TALLEST = 8_000_000; // pixels; browsers draw nothing below some 17 million
const MARGIN = 8; // rows drawn above and below what is in sight

/** The rows of the selection, of which only those in sight are drawn. */
export function RecordsGrid() {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const [active, setActive] = useState<[number, number]>([0, 0]);
  const moved = useRef(false);
  const all = rows.value;
  const shown = keys.value;
  const tall = Math.min(TALLEST, all.length * HEIGHT);
  const room = Math.max(1, height - HEAD);
  // Of more rows than fit into the tallest box, a pixel of the scroll bar stands for several.
  const first = tall > room ? (Math.min(top, tall - room) / (tall - room)) * (all.length - room / HEIGHT) : 0;
  const [from, to] = [Math.max(0, Math.floor(first) - MARGIN), Math.min(all.length, Math.ceil(first + room / HEIGHT) + MARGIN)];
  const at = Math.min(active[0], Math.max(0, all.length - 1));
  const drawn = Array.from({ length: to - from }, (_, place) => from + place);
  if (all.length && (at < from || at >= to)) drawn.push(at); // it keeps the focus
  const placeOf = (index: number) => Math.min(top, Math.max(0, tall - room)) + (index - first) * HEIGHT;

  useLayoutEffect(() => {
    const watch = new ResizeObserver(() => box.current && setHeight(box.current.clientHeight));
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => {
    box.current!.scrollTop = 0;
    setTop(0);
  }, [all]);
  // What closed beside the table leaves the focus where it was before.
  useLayoutEffect(() => {
    if (looked.value === null && document.activeElement === document.body) moved.current = true;
  }, [looked.value]);
  useLayoutEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    const cell = box.current?.querySelector<HTMLElement>(`[data-index="${at}"] [aria-colindex="${active[1] + 1}"]`);
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  const go = (row: number, column: number) => {
    const next = Math.max(0, Math.min(all.length - 1, row));
    moved.current = true;
    setActive([next, Math.max(0, Math.min(shown.length, column))]);
    if (next < first || next >= first + room / HEIGHT - 1) {
      const to = next < first ? next : next - room / HEIGHT + 1;
      const scrolled = tall > room ? (to / Math.max(1, all.length - room / HEIGHT)) * (tall - room) : 0;
      box.current!.scrollTop = Math.max(0, scrolled);
      setTop(box.current!.scrollTop);
    }
  };
  const page = Math.max(1, Math.floor(room / HEIGHT) - 1);
  const onKey = (event: KeyboardEvent) => {
    if (!(event.target as HTMLElement).closest("[data-index]") || event.altKey) return;
    const [row, column] = [at, active[1]];
    const ends = event.ctrlKey || event.metaKey;
    const moves: Record<string, () => void> = {
      ArrowDown: () => go(row + 1, column),
      ArrowUp: () => go(row - 1, column),
      ArrowRight: () => go(row, column + 1),
      ArrowLeft: () => go(row, column - 1),
      PageDown: () => go(row + page, column),
      PageUp: () => go(row - page, column),
      Home: () => go(ends ? 0 : row, 0),
      End: () => go(ends ? all.length - 1 : row, shown.length),
      Enter: () => (looked.value = all[row]),
      " ": () => tick(all[row]),
    };
    if (!(event.key in moves) || (ends && !["Home", "End"].includes(event.key))) return;
    event.preventDefault();
    moves[event.key]();
  };
  const sizes = shown.map(widthOf);
  const widths = ["34px", ...sizes.map(([least, part]) => `minmax(${least}px, ${part}fr)`)].join(" ");
  const wide = `max(100%, ${34 + sizes.reduce((sum, [least]) => sum + least, 0)}px)`;
  const ticked = ticks.value;
  return (
    <div
      class="grid"
      role="grid"
      aria-label={t("table")}
      aria-describedby="records-help"
      aria-rowcount={all.length + 1}
      aria-colcount={shown.length + 1}
      aria-multiselectable="true"
      ref={box}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={onKey}
      data-test="records-grid"
    >
      <div class="grid-row grid-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: widths, width: wide }}>
        <div role="columnheader" aria-colindex={1}>
          <input type="checkbox" checked={all.length > 0 && ticked.size === all.length} onChange={(event) => (ticks.value = event.currentTarget.checked ? new Set(all) : new Set())} aria-label={t("tickAll")} data-test="tick-all" />
        </div>
        {shown.map((key, place) => (
          <Head key={key} of={key} place={place} />
        ))}
      </div>
      <div role="presentation" class="grid-body" style={{ height: `${tall}px`, width: wide }}>
        {drawn.map((index) => {
          const row = all[index];
          return (
            <div
              key={index}
              class={looked.value === row ? "grid-row looked" : "grid-row"}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={ticked.has(row)}
              data-index={index}
              data-row={row}
              style={{ gridTemplateColumns: widths, transform: `translateY(${placeOf(index)}px)` }}
              onClick={(event) => {
                const cell = (event.target as HTMLElement).closest("[aria-colindex]");
                go(index, Number(cell?.getAttribute("aria-colindex") ?? 1) - 1);
                if (!(event.target as HTMLElement).closest("input")) looked.value = row;
              }}
            >
              <div role="gridcell" aria-colindex={1} tabIndex={index === at && active[1] === 0 ? 0 : -1}>
                <input type="checkbox" tabIndex={-1} checked={ticked.has(row)} onChange={() => tick(row)} aria-label={t("tickOne", { n: index + 1 })} />
              </div>
              {shown.map((key, place) => (
                <div key={key} role="gridcell" aria-colindex={place + 2} dir="auto" data-key={key} class={key.startsWith("column:") || key === "date" ? "short" : ""} tabIndex={index === at && active[1] === place + 1 ? 0 : -1} title={cellText(view.value, key, row, names)}>
                  {key === "group" && <i class="dot" style={{ background: topColour(view.value.group[row]) }} />}
                  {cellText(view.value, key, row, names) || "–"}
                </div>
              ))}
            </div>
          );
        })}
      </div>
      {!all.length && <p class="none">{t("noRows")}</p>}
      <p id="records-help" class="unseen">
        {t("tableHelp")}
      </p>
    </div>
  );
}

const HEAD = 58; // pixels of the headings, as style/records.css has them

/** The least width of a column in pixels, and its part of what is left. */
function widthOf(key: Key): [number, number] {
  if (key.startsWith("text:")) return [260, 3];
  if (key === "group" || key === "top") return [190, 1.4];
  if (key === "record") return [120, 0.5];
  return key === "count" ? [80, 0.1] : [112, 0.3];
}

function tick(row: number): void {
  const next = new Set(ticks.value);
  if (!next.delete(row)) next.add(row);
  ticks.value = next;
}

/** The title, which sorts, and of a column with few values a list to filter by. */
function Head({ of, place }: { of: Key; place: number }) {
  const now = order.value?.key === of ? order.value : null;
  const column = columnOf(view.value, of);
  const title = titleOf(of);
  const turn = () => showTable({ order: !now ? { key: of, down: false } : now.down ? null : { key: of, down: true } });
  return (
    <div role="columnheader" aria-colindex={place + 2} aria-sort={now ? (now.down ? "descending" : "ascending") : "none"} data-key={of}>
      <button type="button" class="sort" onClick={turn} title={title}>
        <span>{title}</span>
        {now && <Icon name={now.down ? "down" : "up"} />}
      </button>
      {column && <ValueFilter name={column.name} />}
    </div>
  );
}

function ValueFilter({ name }: { name: string }) {
  const column = view.value.columns.find((one) => one.name === name)!;
  const kept = filters.value.values[name] ?? [];
  const choose = (value: string) => {
    const { [name]: _, ...others } = filters.wanted.values;
    filters.value = { ...filters.wanted, values: value === "" ? others : { ...others, [name]: [Number(value)] } };
  };
  const label = t("filterBy", { name: titleOf(`column:${name}`) });
  return (
    <select value={kept.length === 1 ? String(kept[0]) : kept.length ? "several" : ""} onChange={(event) => choose(event.currentTarget.value)} aria-label={label} title={label} class={kept.length ? "on" : ""} data-test={`filter-${name}`}>
      <option value="">{t("all")}</option>
      {kept.length > 1 && <option value="several" disabled>{t("several")}</option>}
      {column.values.map((_, place) => (
        <option key={place} value={place}>
          {valueName(column, place)}
          {column.sums ? ` (${number((column.sums.touched ?? column.sums.counts)[place])})` : ""}
        </option>
      ))}
    </select>
  );
}
