import { CHANGE_ALPHA } from "../logic/colouring";
import type { Change, Halves } from "../logic/compare";
import { dateOf, dayOf, isoOf, medianDay } from "../logic/time";
import { compared, compareLevel, halves, level, region, view } from "../state";
import { day, number, percent, points, probability, t, valueName } from "../words";
import { ColumnChoice, ValuePair } from "./choices";
import { GroupToggle, Icon } from "./parts";

const MOST = 60;

/** Which groups grew and which shrank between two halves. */
export function Compare() {
  const found = compared.value!;
  const [nameA, nameB] = names(halves.value!);
  const { levels } = view.value;
  const sure = found.changes.filter((one) => one.q < CHANGE_ALPHA).length;
  const shown = found.changes.filter((one) => one.a + one.b > 0).slice(0, MOST);
  const reach = Math.max(0.01, ...shown.map((one) => Math.max(Math.abs(one.interval.low), Math.abs(one.interval.high))));
  return (
    <aside class="details compare" aria-label={t("compare")} data-test="compare-pane">
      <div class="head">
        <h2>
          {t("compare")}
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
          {t("significant", { n: sure, total: found.changes.length })}
        </p>
      </div>
      <table class="changes">
        <thead>
          <tr>
            <th scope="col">{t("group")}</th>
            <th scope="col">A</th>
            <th scope="col">B</th>
            <th scope="col" class="wide" title={t("difference")}>
              {t("differenceShort")}
            </th>
            <th scope="col" title={t("significance")}>
              {t("q")}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <Row key={one.group} change={one} reach={reach} />
          ))}
        </tbody>
      </table>
    </aside>
  );
}

function names(by: Halves): [string, string] {
  if (by.by === "day") {
    const date = day(dateOf(view.value.days!, by.day));
    return [t("before", { date }), t("after", { date })];
  }
  const column = view.value.columns.find((one) => one.name === by.column)!;
  return [valueName(column, by.a), valueName(column, by.b)];
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
  const sure = q < CHANGE_ALPHA;
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
