import { NO_DAY } from "../data/view";
import { anyFilter } from "../logic/filter";
import { dateOf } from "../logic/time";
import { chosen, filters, hovered, pass, selected, view } from "../state";
import { columnName, day, t, valueName } from "../words";
import { flyToRow } from "./camera";
import { groupName } from "./parts";

const MOST = 30;

/** The first rows of the selection, which are drawn at random: rows stand in the order of a hash. */
export function rowsOfSelection(most: number): number[] {
  const found: number[] = [];
  const mine = chosen.value;
  for (let row = 0; row < view.value.rows && found.length < most; row++) {
    if (!pass.value.fails[row] && (!mine || mine[row])) found.push(row);
  }
  return found;
}

/** Some conversations of the selection as a table: what the map shows, for those who do not see it. */
export function Conversations() {
  const { published, columns, texts, days, group } = view.value;
  if (published || (!chosen.value && !anyFilter(filters.value))) return null;
  const rows = rowsOfSelection(MOST);
  const shown = columns.filter((one) => !["hour", "confidence"].includes(one.name)).slice(0, 4);
  return (
    <details class="section list">
      <summary>
        <h3>
          {t("list")} <small>{t("listOf", { shown: rows.length, n: selected.value.distinct })}</small>
        </h3>
      </summary>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>{t("group")}</th>
              {texts.length > 0 && <th>{columnName(texts[0].name)}</th>}
              {shown.map((one) => (
                <th key={one.name}>{columnName(one.name)}</th>
              ))}
              {days && <th>{t("date")}</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row} onMouseEnter={() => (hovered.value = -1)} onClick={() => flyToRow(row)}>
                <td>{groupName(group[row])}</td>
                {texts.length > 0 && <td class="said">{texts[0].lines()[row]}</td>}
                {shown.map((one) => (
                  <td key={one.name}>
                    {valueName(one, one.data[row])}
                    {one.sure && one.sure[row] > 0 && (
                      <small class="inferred" title={t("inferredHelp")}>{` ${t("inferred", { p: one.sure[row] })}`}</small>
                    )}
                  </td>
                ))}
                {days && <td>{view.value.day![row] === NO_DAY ? "–" : day(dateOf(days, view.value.day![row]))}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
