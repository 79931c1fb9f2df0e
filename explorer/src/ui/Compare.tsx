import { isSignificant, type Change } from "../logic/compare";
import { dayOf, isoOf, medianDay } from "../logic/time";
import { compared, compareLevel, halves, level, region, view } from "../state";
import { number, percent, points, probability, t } from "../words";
import { ColumnChoice, ValuePair } from "./choices";
import { halfNames, overTime } from "./half-names";
import { ChangesHead, GroupToggle, Icon } from "./parts";
import { PictureButton } from "./PictureMenu";

const MOST = 60;

/** Which groups grew and which shrank between two halves of the time, or which have more in one of two values. */
export function Compare() {
  const found = compared.value!;
  const [nameA, nameB] = halfNames(halves.value!);
  const timed = overTime(halves.value);
  const { levels } = view.value;
  const sure = found.changes.filter(isSignificant).length;
  const shown = found.changes.filter((one) => one.a + one.b > 0).slice(0, MOST);
  const reach = Math.max(0.01, ...shown.map((one) => Math.max(Math.abs(one.interval.low), Math.abs(one.interval.high))));
  return (
    <aside class="details compare" aria-label={t("compare")} data-test="compare-pane">
      <div class="head">
        <h2>
          {t("compare")}
          <PictureButton name={t("compare")} />
          <button type="button" class="close" onClick={() => (halves.value = null)} title={t("closeCompare")} aria-label={t("closeCompare")}>
            <Icon name="close" />
          </button>
        </h2>
        <Choice />
        {levels.length > 1 && (
          <label class="row">
            <span>{t("atLevel")}</span>
            <select value={compareLevel.value} onChange={(event) => (level.value = Number(event.currentTarget.value))} data-test="level">
              {levels.map((_, index) => levels.length - 1 - index).map((one) => (
                <option key={one} value={one}>
                  {one === levels.length - 1 ? t("levelTop") : one === 0 ? t("levelBase") : t("level", { n: levels.length - one })}
                </option>
              ))}
            </select>
          </label>
        )}
        <div class="halves">
          <p class="a">
            <b>A</b> {nameA} <small>{number(found.totalA)}</small>
          </p>
          <p class="b">
            <b>B</b> {nameB} <small>{number(found.totalB)}</small>
          </p>
        </div>
        <p class="summary" data-test="significant">
          {t(timed ? "significant" : "significantValues", { n: sure, total: found.changes.length })}
        </p>
        <ul class="marks" aria-label={t("marks")}>
          <li>
            <i class="mark over" />
            {timed ? t("grew") : t("moreIn", { name: nameB })}
          </li>
          <li>
            <i class="mark under" />
            {timed ? t("shrank") : t("moreIn", { name: nameA })}
          </li>
          <li>
            <i class="mark same" />
            {t(timed ? "unchanged" : "noDifference")}
          </li>
          <li>
            <i class="mark line" />
            {t("markInterval", { reach: points(reach).replace("+", "±") })}
          </li>
        </ul>
        <p class="counts-note">{t("compareSharesOf")}</p>
      </div>
      <table class="changes" data-chart>
        <ChangesHead first="A" second="B" />
        <tbody>
          {shown.map((one) => (
            <Row key={one.group} change={one} reach={reach} />
          ))}
        </tbody>
      </table>
    </aside>
  );
}

function Choice() {
  const { columns, days } = view.value;
  const now = halves.value!;
  const options = columns.filter((one) => one.values.length > 1);
  const choose = (name: string) => {
    halves.value = name === "" ? { by: "day", day: medianDay(view.value) } : { by: "value", column: name, a: 0, b: 1 };
  };
  const column = now.by === "value" ? columns.find((one) => one.name === now.column)! : null;
  return (
    <>
      <ColumnChoice title={t("compareBy")} dates={t("compareDate")} columns={options} chosen={column} onChoose={choose} test="compare-by" />
      {now.by === "day" && days && (
        <label class="row">
          <span>{t("splitAt")}</span>
          <input
            type="date"
            min={isoOf(days, 1)}
            max={isoOf(days, days.last)}
            value={isoOf(days, now.day)}
            onChange={(event) => {
              const chosen = dayOf(days, event.currentTarget.value);
              if (chosen !== null) halves.value = { by: "day", day: Math.max(1, chosen) };
            }}
            data-test="split"
          />
        </label>
      )}
      {now.by === "value" && column && (
        <ValuePair column={column} chosen={now} labels={["A", "B"]} onChoose={(next) => (halves.value = next)} test="half" />
      )}
    </>
  );
}

function Row({ change, reach }: { change: Change; reach: number }) {
  const { group, shareA, shareB, difference, interval, q } = change;
  const sure = isSignificant(change);
  const x = (value: number) => 50 + (49 * value) / reach;
  const on = region.value?.kind === "group" && region.value.group === group;
  return (
    <tr class={sure ? (difference > 0 ? "grew" : "shrank") : "same"} aria-selected={on} data-group={group}>
      <th scope="row">
        <GroupToggle group={group} on={on} />
      </th>
      <td>{percent(shareA)}</td>
      <td>{percent(shareB)}</td>
      <td class="difference" title={`${points(difference)} [${points(interval.low)} … ${points(interval.high)}]`}>
        <svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
          <line class="zero" x1="50" x2="50" y1="0" y2="14" />
          <rect class="bar" x={Math.min(50, x(difference))} width={Math.abs(x(difference) - 50)} y="3.500" height="7" />
          <line class="range" x1={x(interval.low)} x2={x(interval.high)} y1="7" y2="7" />
        </svg>
        <span class="number">{points(difference)}</span>
      </td>
      <td class="q">{probability(q)}</td>
    </tr>
  );
}
