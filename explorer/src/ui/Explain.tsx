import { isSignificant } from "../logic/compare";
import type { Explained, Part } from "../logic/explain";
import { explained, explaining, region, view } from "../state";
import { figure, percent, points, probability, signed, t } from "../words";
import { ask, ExplainQuestion } from "./ExplainQuestion";
import { groupName, GroupToggle, Icon } from "./parts";
import { PictureButton } from "./PictureMenu";

const MOST = 60;

/** Which groups explain that a rate or a mean changed between two periods. */
export function Explain() {
  const question = explaining.value!;
  const found = explained.value;
  return (
    <aside class="details compare explain" aria-label={t("explain")} data-test="explain-pane">
      <div class="head">
        <h2>
          {t("explain")}
          {found && <PictureButton name={t("explain")} />}
          <button type="button" class="close" onClick={() => (explaining.value = null)} title={t("closeExplain")} aria-label={t("closeExplain")}>
            <Icon name="close" />
          </button>
        </h2>
        <ExplainQuestion question={question} />
        {found ? <Summary found={found} /> : <p class="summary" data-test="explain-none">{t("explainNone")}</p>}
      </div>
      {found && <Table found={found} />}
      {found && <Notes found={found} />}
    </aside>
  );
}

function level(found: Explained, value: number | null): string {
  return value === null ? "–" : found.share ? percent(value) : figure(value);
}

function step(found: Explained, value: number): string {
  return found.share ? points(value) : signed(value, Math.max(...found.parts.map((one) => Math.abs(one.part)), Math.abs(found.change)));
}

function Summary({ found }: { found: Explained }) {
  const { interval } = found;
  return (
    <div class="change-of" data-test="explain-summary">
      <p>
        <b>{level(found, found.overall[0])}</b> → <b>{level(found, found.overall[1])}</b>
        <span class="step" data-change={found.change}>
          {step(found, found.change)}
          {interval && (
            <small>
              {" "}
              [{step(found, interval.low)} … {step(found, interval.high)}]
            </small>
          )}
        </span>
      </p>
      <p class="keys">
        <span class="key mix">
          <i /> {t("mix")} <b>{step(found, found.mix)}</b>
        </span>
        <span class="key rate">
          <i /> {t("rate")} <b>{step(found, found.rate)}</b>
        </span>
      </p>
    </div>
  );
}

function Table({ found }: { found: Explained }) {
  const shown = found.parts.slice(0, MOST);
  const ends = shown.flatMap((one) => [one.part, one.mix, one.rate, one.interval?.low ?? 0, one.interval?.high ?? 0]);
  const reach = Math.max(1e-12, ...ends.map(Math.abs));
  return (
    <table class="changes parts" data-chart>
      <thead>
        <tr>
          <th scope="col">
            {t("group")}, {t("periodBefore")} → {t("periodAfter")}
          </th>
          <th scope="col" class="wide" title={t("partHelp")}>
            {t("part")}
          </th>
          <th scope="col" title={t("significance")}>
            {t("q")}
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map((one) => (
          <Row key={one.group} part={one} found={found} reach={reach} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ part, found, reach }: { part: Part; found: Explained; reach: number }) {
  const { group, mix, rate, interval, q } = part;
  const on = region.value?.kind === "group" && region.value.group === group;
  const x = (value: number) => 50 + (49 * value) / reach;
  // Parts of one sign stand one behind the other, of two signs on both sides.
  const start = mix * rate > 0 ? mix : 0;
  const help = `${t("mix")} ${step(found, mix)}, ${t("rate")} ${step(found, rate)}${interval ? `; ${t("sum")} ${step(found, part.part)} [${step(found, interval.low)} … ${step(found, interval.high)}]` : ""}`;
  const holds = view.value.groups[group].children.length > 0;
  return (
    <tr class={isSignificant(part) ? "clear" : "same"} aria-selected={on} data-group={group}>
      <th scope="row">
        <GroupToggle group={group} on={on} />
        {holds && (
          <button type="button" class="drill" title={t("takeApart")} aria-label={`${t("takeApart")}: ${groupName(group)}`} onClick={() => ask({ inside: group, level: null })} data-test="drill">
            <Icon name="open" />
          </button>
        )}
      </th>
      <td class="from-to">
        <span>
          {level(found, part.mean[0])} → {level(found, part.mean[1])}
        </span>
        <small>
          {t("ofRecords")} {percent(part.share[0])} → {percent(part.share[1])}
        </small>
      </td>
      <td class="difference" title={help} data-mix={mix} data-rate={rate}>
        <svg viewBox="0 0 100 16" preserveAspectRatio="none" role="img" aria-label={help}>
          <line class="zero" x1="50" x2="50" y1="0" y2="16" />
          <rect class="mix" x={Math.min(50, x(mix))} width={Math.abs(x(mix) - 50)} y="4" height="8" />
          <rect class="rate" x={Math.min(x(start), x(start + rate))} width={Math.abs(x(start + rate) - x(start))} y="4" height="8" />
          {interval && <line class="range" x1={x(interval.low)} x2={x(interval.high)} y1="8" y2="8" />}
        </svg>
        <span class="number">{step(found, part.part)}</span>
      </td>
      <td class="q">{probability(q)}</td>
    </tr>
  );
}

function Notes({ found }: { found: Explained }) {
  const missing = found.records[0] + found.records[1] - found.known[0] - found.known[1];
  return (
    <p class="about explain-notes" data-test="explain-notes">
      {t(found.share ? "partsShare" : "partsMean")}
      {found.partly && <small>{t("explainAsked", { n: found.known[0] + found.known[1] })}</small>}
      {!found.partly && missing > 0 && <small>{t("explainMissing", { n: missing })}</small>}
      {view.value.segments !== null && <small>{t("explainSegments")}</small>}
      <small>{t("explainPeople", { n: found.people })}</small>
    </p>
  );
}
