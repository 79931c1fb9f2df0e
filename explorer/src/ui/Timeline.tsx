import { useRef, useState } from "preact/hooks";
import { bins, course, dateOf, dayOf, isoOf, type Step } from "../logic/time";
import { chosen, explaining, filters, halves, pass, region, setDays, view } from "../state";
import { day, number, t, type Word } from "../words";
import { PictureButton } from "./PictureMenu";

const HEIGHT = 46;

export function stepWord(step: Step): string {
  return t(`per${step[0].toUpperCase()}${step.slice(1)}` as Word);
}

/** All conversations over time, the selected ones in front; a drag keeps a span. */
export function Timeline() {
  const { days } = view.value;
  const strip = useRef<SVGSVGElement>(null);
  const [drag, setDrag] = useState<[number, number] | null>(null);
  if (!days || days.last < 1) return null;
  const made = bins(days, 96);
  const { all, mine } = course(view.value, pass.value, chosen.value, made);
  const most = Math.max(1, ...all);
  const count = made.starts.length;
  const x = (bin: number) => (100 * bin) / count;
  const span = drag ? order(drag) : filters.value.days;
  const at = (event: PointerEvent): number => {
    const { left, width } = strip.current!.getBoundingClientRect();
    return Math.min(days.last, Math.max(0, Math.floor(((event.clientX - left) / width) * (days.last + 1))));
  };
  const snap = ([a, b]: [number, number]): [number, number] => {
    const last = made.of[b];
    return [made.starts[made.of[a]], last + 1 < count ? made.starts[last + 1] - 1 : days.last];
  };
  const end = (event: PointerEvent) => {
    if (!drag) return;
    const [a, b] = order([drag[0], at(event)]);
    setDays(a === b && filters.value.days ? null : snap([a, b]));
    setDrag(null);
  };
  const periods = explaining.value?.periods.by === "day" ? explaining.value.periods : null;
  const split = halves.value?.by === "day" ? halves.value.day : null;
  const selecting = region.value !== null;
  const ends = (a: number, b: number) => {
    const [first, last] = filters.value.days ?? [0, days.last];
    const next: [number, number] = [a >= 0 ? a : first, b >= 0 ? b : last];
    if (next[0] <= next[1]) setDays(next[0] === 0 && next[1] === days.last ? null : next);
  };
  return (
    <section class="timeline" aria-label={t("time")} data-chart data-test="timeline">
      <svg
        ref={strip}
        viewBox={`0 0 100 ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t("timeHelp", { step: stepWord(made.step) })}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag([at(event), at(event)]);
        }}
        onPointerMove={(event) => drag && setDrag([drag[0], at(event)])}
        onPointerUp={end}
      >
        <title>{t("timeHelp", { step: stepWord(made.step) })}</title>
        {Array.from(all, (value, bin) => (
          <rect class="all" x={x(bin) + 0.08} width={x(1) - 0.16} y={HEIGHT - (HEIGHT * value) / most} height={(HEIGHT * value) / most} />
        ))}
        {selecting &&
          Array.from(mine, (value, bin) => (
            <rect class="mine" x={x(bin) + 0.08} width={x(1) - 0.16} y={HEIGHT - (HEIGHT * value) / most} height={(HEIGHT * value) / most} />
          ))}
        {span && (
          <>
            <rect class="veil" x={0} width={(100 * span[0]) / (days.last + 1)} y={0} height={HEIGHT} />
            <rect class="veil" x={(100 * (span[1] + 1)) / (days.last + 1)} width={100} y={0} height={HEIGHT} />
          </>
        )}
        {periods &&
          (["before", "after"] as const).map((side) => (
            <rect
              key={side}
              class={`period ${side}`}
              x={(100 * periods[side][0]) / (days.last + 1)}
              width={(100 * (periods[side][1] - periods[side][0] + 1)) / (days.last + 1)}
              y={HEIGHT - 3}
              height={3}
            />
          ))}
        {split !== null && <line class="split" x1={(100 * split) / (days.last + 1)} x2={(100 * split) / (days.last + 1)} y1={0} y2={HEIGHT} />}
      </svg>
      <div class="ends">
        <label>
          <span class="unseen">{t("from")}</span>
          <input
            type="date"
            min={days.start}
            max={isoOf(days, days.last)}
            value={isoOf(days, span?.[0] ?? 0)}
            onChange={(event) => ends(dayOf(days, event.currentTarget.value) ?? 0, -1)}
            data-test="from"
          />
        </label>
        <span class="most">
          {number(most)} {stepWord(made.step)}, {day(dateOf(days, Math.max(0, made.starts[all.indexOf(most)] ?? 0)), false)}
          <PictureButton name={t("time")} />
        </span>
        <label>
          <span class="unseen">{t("to")}</span>
          <input
            type="date"
            min={days.start}
            max={isoOf(days, days.last)}
            value={isoOf(days, span?.[1] ?? days.last)}
            onChange={(event) => ends(-1, dayOf(days, event.currentTarget.value) ?? days.last)}
            data-test="to"
          />
        </label>
      </div>
    </section>
  );
}

function order([a, b]: [number, number]): [number, number] {
  return a <= b ? [a, b] : [b, a];
}
