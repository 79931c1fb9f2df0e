import { useEffect, useState } from "preact/hooks";
import type { Column } from "../data/view";
import { difference, elsewhere, estimate, estimated } from "../logic/shares";
import { newcombe, wilson, type Interval } from "../logic/statistics";
import { publishedTally, tally, type Sides } from "../logic/tally";
import { anyFilter } from "../logic/filter";
import { chosen, filters, pass, region, toggleValue, view, want } from "../state";
import { columnName, number, percent, points, t, valueName } from "../words";
import { Section } from "./parts";

const FIRST = 6;
const LATE = ["hour", "confidence"]; // types of columns

interface Line {
  place: number;
  count: number;
  share: number;
  rest: number | null;
  difference: number;
  interval: Interval;
  /** The interval of the share itself, if it was estimated. */
  own?: Interval;
}

/** Facets of the selection against the rest of the atlas, those that differ most first. */
export function Facets() {
  const comparing = region.value !== null;
  const { columns } = view.value;
  // Counts of all rows came with the view; for any other counts the columns are read, and drawn as they come.
  const counted = view.value.published || (!comparing && !anyFilter(filters.value));
  useEffect(() => {
    if (!counted) want(columns.map((one) => one.names.data));
  }, [counted, columns]);
  const here = columns.filter((one) => (counted && (view.value.published || one.sums)) || one.here);
  const charts = here.map((column) => {
    const sides = sidesOf(column);
    return { column, sides, weight: comparing ? strength(lines(column, sides, true)) : 0 };
  });
  // What says least of the conversations themselves stands last.
  const late = (column: Column) => LATE.indexOf(column.type);
  charts.sort((a, b) => late(a.column) - late(b.column) || b.weight - a.weight);
  return (
    <Section title={t("facets")} note={comparing && t("compared")}>
      {view.value.segments !== null && <p class="counts-note">{t("sharesOfSegments")}</p>}
      {here.length < columns.length && <p class="counts-note" data-test="reading">{t("readingColumns", { n: columns.length - here.length })}</p>}
      {charts.map(({ column, sides }) => (
        <FacetChart key={column.name} column={column} sides={sides} comparing={comparing} />
      ))}
    </Section>
  );
}

function sidesOf(column: Column): Sides {
  const at = region.value;
  if (view.value.published) return publishedTally(view.value, column, at?.kind === "group" ? at.group : null);
  return tally(view.value, column, pass.value, chosen.value);
}

/** The group whose shares were estimated, -1 for the whole atlas; null where conversations must be counted. */
function estimatedGroup(column: Column): number | null {
  const at = region.value;
  if (at?.kind === "lasso" || anyFilter(filters.value)) return null;
  const group = at?.kind === "group" ? at.group : null;
  return estimated(view.value, column, group) ? (group ?? -1) : null;
}

function estimatedLines(column: Column, at: number, { inside }: Sides): Line[] {
  const group = at < 0 ? null : at;
  return column.values.flatMap((_, place) => {
    const here = estimate(view.value, column, group, place);
    if (!here) return [];
    const rest = group === null ? null : elsewhere(view.value, column, group, place);
    return {
      place,
      count: Math.max(inside.touched[place], here.share > 0 ? 1 : 0),
      share: here.share,
      own: here,
      rest: rest && rest.share,
      difference: rest ? here.share - rest.share : 0,
      interval: rest ? difference(here, rest) : here,
    };
  });
}

function lines(column: Column, sides: Sides, comparing: boolean): Line[] {
  const at = estimatedGroup(column);
  if (at !== null) return estimatedLines(column, at, sides);
  const { inside, outside } = sides;
  return column.values.map((_, place) => {
    const count = inside.touched[place];
    const share = inside.known ? inside.counts[place] / inside.known : 0;
    const rest = comparing && outside.known ? outside.counts[place] / outside.known : null;
    return {
      place,
      count,
      share,
      rest,
      difference: rest === null ? 0 : share - rest,
      interval: rest === null ? wilson(share, inside.size) : newcombe(share, inside.size, rest, outside.size),
    };
  });
}

/** How far the clearest difference is from chance: the interval's nearer end. */
function strength(all: Line[]): number {
  return Math.max(0, ...all.map(({ interval: { low, high } }) => Math.max(low, -high)));
}

function FacetChart({ column, sides, comparing }: { column: Column; sides: Sides; comparing: boolean }) {
  const [all, setAll] = useState(false);
  let shown = lines(column, sides, comparing).filter((line) => line.count > 0 || (line.rest ?? 0) > 0.005 || isKept(column.name, line.place));
  if (!shown.length) return null;
  const total = shown.length;
  if (column.kind === "nominal") shown.sort((a, b) => (column.values[a.place] === null ? 1 : column.values[b.place] === null ? -1 : b.share - a.share));
  const few = column.kind === "ordinal" ? 12 : FIRST;
  if (!all) shown = shown.slice(0, few);
  const most = Math.max(...shown.map((line) => Math.max(line.share, line.rest ?? 0, comparing ? 0 : line.interval.high)), 0.01);
  const reach = Math.max(0.02, ...shown.map(({ interval }) => Math.max(Math.abs(interval.low), Math.abs(interval.high))));
  const everyone = Math.round(sides.inside.known + sides.inside.counts[column.values.length]);
  const known = Math.round(sides.inside.known); // of segments, their parts sum up to conversations
  const at = estimatedGroup(column);
  const told = at === null ? undefined : column.told?.at(at);
  return (
    <div class="facet" data-facet={column.name}>
      <h4>
        {columnName(column.name)}
        {told && told.length > 0 && <small data-test="told">{t("askedInferred", { asked: told[0], inferred: told[1] })}</small>}
        {!view.value.published && at === null && column.sure && <small>{t("countedInferred")}</small>}
        {!view.value.published && !column.sure && at === null && known < everyone && <small>{t("knownOf", { n: known, total: everyone })}</small>}
        {comparing && <span class="unit">{t("differenceShort")}</span>}
      </h4>
      <table>
        <thead class="unseen">
          <tr>
            <th>{columnName(column.name)}</th>
            <th>{t("share")}</th>
            {comparing && <th>{t("difference")}</th>}
          </tr>
        </thead>
        <tbody>
          {shown.map((line) => (
            <Row key={line.place} column={column} line={line} most={most} reach={Math.min(1, reach)} comparing={comparing} />
          ))}
        </tbody>
      </table>
      {total > few && (
        <button type="button" class="plain" onClick={() => setAll(!all)}>
          {all ? t("showFewer") : t("showAll", { n: total })}
        </button>
      )}
    </div>
  );
}

function isKept(name: string, place: number): boolean {
  return filters.value.values[name]?.includes(place) ?? false;
}

function Whisker({ of, most }: { of: Interval; most: number }) {
  const right = Math.min(most, of.high);
  return <i class="whisker" style={{ left: `${(100 * Math.min(most, of.low)) / most}%`, width: `${(100 * Math.max(0, right - of.low)) / most}%` }} />;
}

/** A share in whole percent, without the sign. */
function whole(share: number): string {
  return number(Math.round(100 * share));
}

interface RowProps {
  column: Column;
  line: Line;
  most: number;
  reach: number;
  comparing: boolean;
}

function Row({ column, line, most, reach, comparing }: RowProps) {
  const { place, count, share, rest, difference, interval, own } = line;
  const kept = filters.value.values[column.name];
  const off = kept !== undefined && !kept.includes(place);
  const hidden = view.value.published && count === 0;
  const sure = rest !== null && !hidden && (interval.low > 0 ? "over" : interval.high < 0 ? "under" : "");
  const name = valueName(column, place);
  const range = comparing
    ? `${points(interval.low)} … ${points(interval.high)}`
    : `${percent(interval.low)} – ${percent(interval.high)}`;
  const size = view.value.segments === null ? number(count) : t("touched", { n: count });
  const words = rest === null ? range : `${t("rest")}: ${percent(rest)}. ${t("difference")}: ${points(difference)} [${range}]`;
  const x = (value: number) => 50 + (50 * Math.max(-reach, Math.min(reach, value))) / reach;
  return (
    <tr class={`${off ? "off" : ""} ${sure || ""}`}>
      <th scope="row">
        <button type="button" class="value" aria-pressed={kept?.includes(place) ?? false} onClick={() => toggleValue(column.name, place)} title={name}>
          {name}
        </button>
      </th>
      <td class={own && !comparing ? "share wide" : "share"} title={own ? `${percent(share)} (${percent(own.low)} – ${percent(own.high)}) · ${words}` : `${size} · ${words}`}>
        <span class="track" aria-hidden="true">
          <i class="fill" style={{ width: `${(100 * share) / most}%` }} />
          {rest !== null && <i class="rest" style={{ left: `${(100 * rest) / most}%` }} />}
          {(own ?? (rest === null && interval)) && <Whisker of={own ?? interval} most={most} />}
        </span>
        <span class="number">{hidden ? t("belowSmallest", { n: view.value.smallest }) : percent(share)}
          {!hidden && own && !comparing && <small class="own">{` (${whole(own.low)}–${whole(own.high)})`}</small>}
        </span>
      </td>
      {comparing && (
        <td class="difference" title={words}>
          {hidden || rest === null ? (
            <span class="number">–</span>
          ) : (
            <>
              <svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
                <line class="zero" x1="50" x2="50" y1="0" y2="12" />
                <line class="range" x1={x(interval.low)} x2={x(interval.high)} y1="6" y2="6" />
                <line class="mean" x1={x(difference)} x2={x(difference)} y1="2.500" y2="9.500" />
              </svg>
              <span class="number">{points(difference)}</span>
              <span class="unseen">
                {range} {sure && t(sure)}
              </span>
            </>
          )}
        </td>
      )}
    </tr>
  );
}
