import { useEffect, useState } from "preact/hooks";
import type { Column } from "../data/view";
import { countedLines, cut, estimatedLines, isOther, strength, type Line } from "../logic/lines";
import { estimated } from "../logic/shares";
import { publishedTally } from "../logic/published";
import { tally, type Sides } from "../logic/tally";
import { anyFilter } from "../logic/filter";
import { chosen, filters, lookAt, pass, region, view, want } from "../state";
import { columnName, t } from "../words";
import { FacetRow } from "./FacetRow";
import { Marks } from "./Marks";
import { Section } from "./parts";
import { PictureButton } from "./PictureMenu";
import { sharesOf } from "./shares-of";

const FIRST = 6;
const LATE = ["hour", "confidence"]; // types of columns

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
    const lines = linesOf(column, sides, comparing);
    return { column, sides, lines, weight: comparing ? strength(lines) : 0 };
  });
  // What says least of the conversations themselves stands last.
  const late = (column: Column) => LATE.indexOf(column.type);
  charts.sort((a, b) => late(a.column) - late(b.column) || b.weight - a.weight);
  const reach = reachOf(charts.flatMap((one) => one.lines));
  // A sentence above may have told of a facet: it is brought into sight once it is drawn.
  useEffect(() => {
    const shown = lookAt.value && document.querySelector(`[data-facet="${CSS.escape(lookAt.value)}"]`);
    if (!shown) return;
    lookAt.value = null;
    shown.scrollIntoView({ block: "center" });
    shown.classList.add("told");
    setTimeout(() => shown.classList.remove("told"), 2500);
  });
  return (
    <Section title={t("facets")} note={comparing && t("compared")}>
      <p class="counts-note" data-test="shares-of">
        {sharesOf()}
        {view.value.segments !== null && ` ${t("sharesOfSegments")}`}
      </p>
      {here.length < columns.length && <p class="counts-note" data-test="reading">{t("readingColumns", { n: columns.length - here.length })}</p>}
      <Marks comparing={comparing} reach={reach} />
      {charts.map(({ column, sides, lines }) => (
        <FacetChart key={column.name} column={column} sides={sides} lines={lines} comparing={comparing} reach={reach} />
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
  if (!view.value.published && ((at !== null && at.kind !== "group") || anyFilter(filters.value))) return null;
  const group = at?.kind === "group" ? at.group : null;
  return estimated(view.value, column, group) ? (group ?? -1) : null;
}

function linesOf(column: Column, sides: Sides, comparing: boolean): Line[] {
  const at = estimatedGroup(column);
  return at === null ? countedLines(column, sides, comparing) : estimatedLines(view.value, column, at, sides);
}

const REACHES = [0.05, 0.1, 0.2, 0.5];

/** One scale for the differences of all facets: the least of a few that holds all intervals, in shares. */
function reachOf(lines: Line[]): number {
  const most = Math.max(0, ...lines.map(({ interval }) => (interval ? Math.max(Math.abs(interval.low), Math.abs(interval.high)) : 0)));
  return REACHES.find((one) => one >= most) ?? 1;
}

interface ChartProps {
  column: Column;
  sides: Sides;
  lines: Line[];
  comparing: boolean;
  reach: number;
}

function FacetChart({ column, sides, lines, comparing, reach }: ChartProps) {
  const [all, setAll] = useState(false);
  const kept = filters.value.values[column.name] ?? [];
  const there = lines.filter((line) => line.count > 0 || (line.rest ?? 0) > 0.005 || kept.includes(line.place));
  if (!there.length) return null;
  if (column.kind === "nominal") there.sort((a, b) => Number(isOther(column, a)) - Number(isOther(column, b)) || (isOther(column, a) ? a.place - b.place : b.share - a.share));
  const few = column.kind === "ordinal" ? 12 : FIRST;
  const short = cut(column, there, few, kept, sides);
  const shown = all ? there : short;
  const at = estimatedGroup(column);
  const told = at === null ? undefined : column.told?.at(at);
  return (
    <div class="facet" data-facet={column.name} data-chart>
      <h4>
        {columnName(column.name)}
        {told && told.length > 0 && <small data-test="told">{t("askedInferred", { asked: told[0], inferred: told[1] })}</small>}
        {!view.value.published && at === null && column.sure && <small>{t("countedInferred")}</small>}
        {!view.value.published && kept.length > 0 && <small data-test="filter-aside">{t("filterAside")}</small>}
        {comparing && <span class="unit">{t("differenceShort")}</span>}
        <PictureButton name={columnName(column.name)} />
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
            <FacetRow key={line.place} column={column} line={line} reach={reach} comparing={comparing} />
          ))}
        </tbody>
      </table>
      {short.length < there.length && (
        <button type="button" class="plain" onClick={() => setAll(!all)}>
          {all ? t("showFewer") : t("showAll", { n: there.length })}
        </button>
      )}
    </div>
  );
}
