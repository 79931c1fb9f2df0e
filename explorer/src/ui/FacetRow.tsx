import type { Column } from "../data/view";
import { direction, isOther, type Line } from "../logic/lines";
import type { Interval } from "../logic/statistics";
import { filters, toggleValue, view } from "../state";
import { number, percent, points, t, valueName } from "../words";

interface RowProps {
  column: Column;
  line: Line;
  /** The end of the scale of differences, as a share. */
  reach: number;
  comparing: boolean;
}

/** A value of a facet: its share on a track from 0 to 100 %, and the difference from the rest with its interval. */
export function FacetRow({ column, line, reach, comparing }: RowProps) {
  const { place, count, share, rest, interval, own } = line;
  const kept = filters.value.values[column.name];
  const off = kept !== undefined && !kept.includes(place);
  const hidden = view.value.published && count === 0 && !isOther(column, line);
  const sure = hidden ? "" : direction(line);
  const shown = own ?? (rest === null ? interval : null);
  const help = helpOf(line);
  return (
    <tr class={`${off ? "off" : ""} ${sure} ${isOther(column, line) ? "other" : ""}`} data-place={place}>
      <th scope="row">
        <Name column={column} place={place} kept={kept} />
      </th>
      <td class={hidden ? "share hidden" : own && !comparing ? "share wide" : "share"} title={help}>
        <span class="track" aria-hidden="true">
          <i class="fill" style={{ width: `${100 * share}%` }} />
          {rest !== null && <i class="rest" style={{ left: `${100 * rest}%` }} />}
          {shown && <Whisker of={shown} />}
        </span>
        <span class="number">
          {hidden ? t("withheldOrNone") : percent(share)}
          {!hidden && own && !comparing && <small class="own">{` (${whole(own.low)}–${whole(own.high)})`}</small>}
        </span>
      </td>
      {comparing && <Difference line={line} hidden={hidden} reach={reach} sure={sure} help={help} />}
    </tr>
  );
}

/** The name of a value, a click on which filters; several together, and what a published atlas withholds, are no filter. */
function Name({ column, place, kept }: { column: Column; place: number; kept: number[] | undefined }) {
  const name = place < 0 ? t(column.withheld ? "withheldOrOther" : "other") : valueName(column, place);
  if (place < 0 || (view.value.published && (column.values[place] ?? null) === null)) {
    return (
      <span class="value still" title={name}>
        {name}
      </span>
    );
  }
  return (
    <button type="button" class="value" aria-pressed={kept?.includes(place) ?? false} onClick={() => toggleValue(column.name, place)} title={name}>
      {name}
    </button>
  );
}

/** All figures of a line in words. */
function helpOf({ count, share, rest, difference, interval, own }: Line): string {
  const range = interval && (rest === null ? `${percent(interval.low)} – ${percent(interval.high)}` : `${points(interval.low)} … ${points(interval.high)}`);
  const size = view.value.segments === null ? number(count) : t("touched", { n: count });
  const first = own ? `${percent(share)} (${percent(own.low)} – ${percent(own.high)})` : size;
  const words = rest === null ? (range ?? "") : `${t("rest")}: ${percent(rest)}. ${t("difference")}: ${points(difference)}${range ? ` [${range}]` : ""}`;
  return [first, words].filter(Boolean).join(" · ");
}

interface DifferenceProps {
  line: Line;
  hidden: boolean;
  reach: number;
  sure: "over" | "under" | "";
  help: string;
}

function Difference({ line: { rest, difference, interval }, hidden, reach, sure, help }: DifferenceProps) {
  const x = (value: number) => 50 + (50 * Math.max(-reach, Math.min(reach, value))) / reach;
  if (hidden || rest === null) {
    return (
      <td class="difference" title={help}>
        <span class="number">–</span>
      </td>
    );
  }
  return (
    <td class="difference" title={help}>
      <svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
        <line class="zero" x1="50" x2="50" y1="0" y2="12" />
        {interval && <line class="range" x1={x(interval.low)} x2={x(interval.high)} y1="6" y2="6" />}
        <line class="mean" x1={x(difference)} x2={x(difference)} y1="2.500" y2="9.500" />
      </svg>
      <span class="number">{points(difference)}</span>
      <span class="unseen">
        {interval && `${points(interval.low)} … ${points(interval.high)}`} {sure && t(sure)}
      </span>
    </td>
  );
}

function Whisker({ of: { low, high } }: { of: Interval }) {
  return <i class="whisker" style={{ left: `${100 * low}%`, width: `${100 * Math.max(0, Math.min(1, high) - low)}%` }} />;
}

/** A share in whole percent, without the sign. */
function whole(share: number): string {
  return number(Math.round(100 * share));
}
