import { useEffect } from "preact/hooks";
import { beside, readBeside, type Comparison, type Kind, type Matched, type Value } from "../beside";
import { FIRST_EARLIER, type Earlier } from "../logic/address";
import { earlier, edition, region, view } from "../state";
import { columnName, number, percent, points, probability, t, valueName, type Word } from "../words";
import { en } from "../words/en";
import { ChangesHead, GroupToggle, Icon } from "./parts";

const MOST = 80;
const MOST_VALUES = 12;

/** This atlas and an earlier one: groups that are the same with both shares, what is new and gone, and facets. */
export function Beside() {
  const found = beside.value;
  const now = edition.value;
  useEffect(() => void readBeside(), [now]);
  return (
    <aside class="details compare beside" aria-label={t("beside")} data-test="beside-pane" aria-busy={!found}>
      <div class="head">
        <h2>
          {t("beside")}
          <button type="button" class="close" onClick={() => (earlier.value = null)} title={t("closeCompare")} aria-label={t("closeCompare")}>
            <Icon name="close" />
          </button>
        </h2>
        {found ? <Head found={found} /> : <p class="summary">{t("besideWait")}</p>}
      </div>
      {found && <Groups found={found} />}
      {found && <Facets found={found} />}
      {found && (
        <div class="about" data-test="beside-notes">
          <b>{t("besideNotes")}</b>
          {found.notes.map((note) => (
            <small key={note.text}>{`note_${note.key}` in en ? t(`note_${note.key}` as Word, { ...note }) : note.text}</small>
          ))}
        </div>
      )}
    </aside>
  );
}

function levelOf(found: Comparison): number {
  const wanted = earlier.value?.level ?? null;
  const levels = found.groups.map((one) => one.level);
  return wanted !== null && levels.includes(wanted) ? wanted : Math.max(0, ...levels);
}

function show(part: Partial<Earlier>): void {
  earlier.value = { ...(earlier.wanted ?? FIRST_EARLIER), ...part };
}

const isClear = ({ kind }: Matched) => kind !== "steady" && kind !== "split" && kind !== "merged";

function Head({ found }: { found: Comparison }) {
  const levels = [...new Set(found.groups.map((one) => one.level))].sort((a, b) => b - a);
  const top = levels[0];
  const clear = found.groups.filter((one) => one.level === levelOf(found) && isClear(one)).length;
  return (
    <>
      {levels.length > 1 && (
        <label class="row">
          <span>{t("atLevel")}</span>
          <select value={levelOf(found)} onChange={(event) => show({ level: Number(event.currentTarget.value) })} data-test="beside-level">
            {levels.map((one) => (
              <option key={one} value={one}>
                {one === top ? t("levelTop") : one === 0 ? t("levelBase") : t("level", { n: top - one + 1 })}
              </option>
            ))}
          </select>
        </label>
      )}
      <div class="halves">
        <p class="a">
          <b>{t("besideBefore")}</b> {found.before} <small>{number(found.totals[0])}</small>
        </p>
        <p class="b">
          <b>{t("besideAfter")}</b> {found.after} <small>{number(found.totals[1])}</small>
        </p>
      </div>
      <p class="summary" data-test="beside-clear">
        {t("besideClear", { n: clear })}
      </p>
      <p class="counts-note">{t("besideShares")}</p>
      <label class="steady">
        <input type="checkbox" checked={earlier.value?.all ?? false} onChange={(event) => show({ all: event.currentTarget.checked })} data-test="beside-steady" /> {t("besideSteady")}
      </label>
    </>
  );
}

function Groups({ found }: { found: Comparison }) {
  const rows = found.groups.filter((one) => one.level === levelOf(found) && (earlier.value?.all || one.kind !== "steady")).slice(0, MOST);
  const reach = Math.max(0.01, ...rows.flatMap((one) => [one.change_low ?? 0, one.change_high ?? 0]).map(Math.abs));
  return (
    <table class="changes" data-test="beside-groups">
      <ChangesHead first={t("besideBefore")} second={t("besideAfter")} />
      <tbody>
        {rows.map((one) => (
          <GroupRow key={`${one.group}/${one.group_before}`} found={found} row={one} reach={reach} />
        ))}
      </tbody>
    </table>
  );
}

const TONES: Record<Kind, string> = {
  new: "grew",
  grew: "grew",
  "not shown before": "same",
  gone: "shrank",
  shrank: "shrank",
  "not shown after": "same",
  split: "same",
  merged: "same",
  steady: "same",
};

function nameOf(found: Comparison, id: string, before: boolean): string {
  const row = found.groups.find((one) => (before ? one.group_before : one.group) === id);
  return (before ? row?.name_before : row?.name) ?? id;
}

function GroupRow({ found, row, reach }: { found: Comparison; row: Matched; reach: number }) {
  const index = row.group === null ? -1 : view.value.groups.findIndex((one) => one.id === row.group);
  const on = index >= 0 && region.value?.kind === "group" && region.value.group === index;
  const part = row.kind === "split" || row.kind === "merged";
  const wholes = row.group ? row.parts_before : row.parts;
  const was = part ? wholes.map((id) => nameOf(found, id, row.group !== null)).join(", ") : row.group && row.name_before !== row.name ? row.name_before : null;
  return (
    <tr class={TONES[row.kind]} aria-selected={on} data-group={row.group ?? ""} data-before={row.group_before ?? ""} data-kind={row.kind}>
      <th scope="row">
        {index >= 0 ? <GroupToggle group={index} on={on} /> : <span class="lone">{row.name ?? row.name_before}</span>}
        <small>
          <i class="kind">{t(`kind_${row.kind.replaceAll(" ", "_")}` as Word)}</i>
          {was && ` · ${t(part ? "besidePart" : "besideWas", { name: was })}`}
        </small>
      </th>
      <Share share={row.share_before} low={row.low_before} high={row.high_before} />
      <Share share={row.share} low={row.low} high={row.high} />
      <Step row={row} reach={reach} />
      <td class="q">{row.q === null ? "–" : probability(row.q)}</td>
    </tr>
  );
}

function Share({ share, low, high }: { share: number | null; low: number | null; high: number | null }) {
  if (share === null || low === null || high === null) return <td>–</td>;
  return (
    <td data-share={share}>
      {percent(share)}
      <small>
        {bare(low)}–{bare(high)}
      </small>
    </td>
  );
}

/** A percentage without its sign, which stands above it. */
function bare(share: number): string {
  return percent(share).replace(/\s*%$/, "");
}

function Step({ row, reach }: { row: Matched | Value; reach: number }) {
  const { change, change_low: low, change_high: high } = row;
  if (change === null || low === null || high === null) return <td class="difference" />;
  const x = (value: number) => 50 + (49 * value) / reach;
  return (
    <td class="difference" title={`${points(change)} [${points(low)} … ${points(high)}]`}>
      <svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
        <line class="zero" x1="50" x2="50" y1="0" y2="14" />
        <rect class="bar" x={Math.min(50, x(change))} width={Math.abs(x(change) - 50)} y="3.500" height="7" />
        <line class="range" x1={x(low)} x2={x(high)} y1="7" y2="7" />
      </svg>
      <span class="number">{points(change)}</span>
    </td>
  );
}

/** The values of facets that differ: in the selected group, or in all conversations. */
function Facets({ found }: { found: Comparison }) {
  const at = region.value?.kind === "group" ? view.value.groups[region.value.group] : null;
  const own = at && found.facets.some((one) => one.group === at.id) ? at : null;
  const rows = found.facets
    .filter((one) => one.group === (own?.id ?? "") && one.differs)
    .sort((a, b) => Math.abs(b.change ?? 0) - Math.abs(a.change ?? 0))
    .slice(0, MOST_VALUES);
  const reach = Math.max(0.01, ...rows.flatMap((one) => [one.change_low ?? 0, one.change_high ?? 0]).map(Math.abs));
  return (
    <section class="section" data-test="beside-facets">
      <h3>{t("besideFacets", { name: own ? (own.name ?? t("withheld")) : t("besideWhole") })}</h3>
      {rows.length === 0 && <p class="summary">{t("besideSame")}</p>}
      {rows.length > 0 && (
        <table class="changes">
          <tbody>
            {rows.map((one) => (
              <tr key={`${one.facet}/${one.value}`} class={(one.change ?? 0) > 0 ? "grew" : "shrank"}>
                <th scope="row">
                  {shownValue(one)}
                  <small>{columnName(one.facet)}</small>
                </th>
                <Share share={one.share_before} low={one.low_before} high={one.high_before} />
                <Share share={one.share} low={one.low} high={one.high} />
                <Step row={one} reach={reach} />
                <td class="q">{one.q === null ? "–" : probability(one.q)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** A value in the reader's words, where the page knows its column. */
function shownValue({ facet, value }: Value): string {
  const column = view.value.columns.find((one) => one.name === facet);
  const place = column ? column.values.indexOf(value) : -1;
  return column && place >= 0 ? valueName(column, place) : value;
}
