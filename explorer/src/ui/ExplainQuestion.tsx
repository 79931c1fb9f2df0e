import { path } from "../data/view";
import { metrics, type Periods, type Question } from "../logic/explain";
import { dayOf, isoOf } from "../logic/time";
import { explaining, filters, setDays, usualQuestion, view } from "../state";
import { columnName, t, valueName } from "../words";
import { ColumnChoice, ValuePair } from "./choices";
import { groupName, Icon } from "./parts";

/** Which change is explained: the metric, the periods, and by which groups. */
export function ExplainQuestion({ question }: { question: Question }) {
  return (
    <>
      <Metric question={question} />
      <PeriodChoice question={question} />
      <Level question={question} />
      <Crumbs question={question} />
    </>
  );
}

/** The level of the groups: the top, or the children of the group that is taken apart, and all levels below. */
function Level({ question }: { question: Question }) {
  const { groups, levels } = view.value;
  const first = question.inside === null ? levels.length - 1 : groups[question.inside].level - 1;
  if (first < 1) return null;
  return (
    <label class="row">
      <span>{t("atLevel")}</span>
      <select
        value={question.level ?? ""}
        onChange={(event) => ask({ level: event.currentTarget.value === "" ? null : Number(event.currentTarget.value) })}
        data-test="explain-level"
      >
        <option value="">{t(question.inside === null ? "levelTop" : "levelInside")}</option>
        {Array.from({ length: first }, (_, step) => first - 1 - step).map((one) => (
          <option key={one} value={one}>
            {one === 0 ? t("levelBase") : t("level", { n: levels.length - one })}
          </option>
        ))}
      </select>
    </label>
  );
}

export function ask(change: Partial<Question>): void {
  explaining.value = { ...explaining.value!, ...change };
}

function Metric({ question }: { question: Question }) {
  const all = metrics(view.value);
  const column = all.find((one) => one.name === question.column) ?? all[0];
  const choose = (name: string) => {
    const next = all.find((one) => one.name === name)!;
    ask({ column: name, value: next.numbers ? null : 0 });
  };
  return (
    <div class="row two">
      <select aria-label={t("metric")} value={column.name} onChange={(event) => choose(event.currentTarget.value)} data-test="metric">
        {all.map((one) => (
          <option key={one.name} value={one.name}>
            {columnName(one.name)}
          </option>
        ))}
      </select>
      <select
        aria-label={t("metricOf")}
        value={question.value ?? ""}
        onChange={(event) => ask({ value: event.currentTarget.value === "" ? null : Number(event.currentTarget.value) })}
        data-test="metric-value"
      >
        {column.numbers && <option value="">{t("mean")}</option>}
        {column.values.map((_, place) => (
          <option key={place} value={place}>
            {t("shareOf", { value: valueName(column, place) })}
          </option>
        ))}
      </select>
    </div>
  );
}

function PeriodChoice({ question }: { question: Question }) {
  const { columns } = view.value;
  const { periods } = question;
  const options = columns.filter((one) => one.name !== question.column && one.values.length > 1);
  const column = periods.by === "value" ? columns.find((one) => one.name === periods.column)! : null;
  const choose = (name: string) => {
    const usual = usualQuestion.value?.periods;
    ask({ periods: name === "" && usual ? usual : { by: "value", column: name, a: 0, b: 1 } });
  };
  return (
    <>
      <ColumnChoice title={t("periods")} dates={t("byDates")} columns={options} chosen={column} onChoose={choose} test="explain-by" />
      {periods.by === "day" ? (
        <>
          <Span name="before" periods={periods} />
          <Span name="after" periods={periods} />
        </>
      ) : (
        column && (
          <ValuePair
            column={column}
            chosen={periods}
            labels={[t("periodBefore"), t("periodAfter")]}
            onChoose={(next) => ask({ periods: next })}
            test="explain"
          />
        )
      )}
    </>
  );
}

/** A period by its dates: two fields, and a button that takes the span that is selected on the strip of time. */
function Span({ name, periods }: { name: "before" | "after"; periods: Extract<Periods, { by: "day" }> }) {
  const days = view.value.days!;
  const [first, last] = periods[name];
  const set = (a: number, b: number) => ask({ periods: { ...periods, [name]: a <= b ? [a, b] : [b, a] } });
  const brushed = filters.value.days;
  const input = (end: "from" | "to", value: number, put: (to: number) => void) => (
    <input
      type="date"
      aria-label={`${t(name === "before" ? "periodBefore" : "periodAfter")}, ${t(end).toLowerCase()}`}
      min={days.start}
      max={isoOf(days, days.last)}
      value={isoOf(days, value)}
      onChange={(event) => {
        const chosen = dayOf(days, event.currentTarget.value);
        if (chosen !== null) put(chosen);
      }}
      data-test={`${name}-${end}`}
    />
  );
  return (
    <div class="row span">
      <span>{t(name === "before" ? "periodBefore" : "periodAfter")}</span>
      {input("from", first, (to) => set(to, last))}
      {input("to", last, (to) => set(first, to))}
      <button
        type="button"
        class="take"
        disabled={!brushed}
        title={t(brushed ? "takeSpan" : "takeSpanHow")}
        aria-label={t("takeSpan")}
        onClick={() => {
          set(...brushed!);
          setDays(null);
        }}
        data-test={`take-${name}`}
      >
        <Icon name="brush" />
      </button>
    </div>
  );
}

function Crumbs({ question }: { question: Question }) {
  if (question.inside === null) return null;
  return (
    <p class="crumbs" data-test="explain-crumbs">
      <button type="button" class="plain" onClick={() => ask({ inside: null, level: null })}>
        {t("allGroups")}
      </button>
      {path(view.value, question.inside).map((one) => (
        <button type="button" class="plain" key={one} onClick={() => ask({ inside: one, level: null })} disabled={one === question.inside}>
          {groupName(one)}
        </button>
      ))}
    </p>
  );
}
