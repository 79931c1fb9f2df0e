import { useEffect, useRef, useState } from "preact/hooks";
import { dayOfRow } from "../data/view";
import { form, ticked, ticking, working } from "../editing";
import { anyFilter } from "../logic/filter";
import { selectedRows } from "../logic/lists";
import { dateOf } from "../logic/time";
import { abilities, chosen, filters, hovered, pass, selected, view } from "../state";
import { columnName, day, t, valueName } from "../words";
import { flyToRow } from "./camera";
import { groupName } from "./parts";

const MOST = 30;

/** The first rows of the selection, which are drawn at random: rows stand in the order of a hash. */
export function rowsOfSelection(most: number): number[] {
  return [...selectedRows(view.value, pass.value, chosen.value, most)];
}

/** Some conversations of the selection as a table: what the map shows, for those who do not see it. */
export function Conversations() {
  const { published, columns, texts, days, group } = view.value;
  const box = useRef<HTMLDetailsElement>(null);
  const [opened, setOpened] = useState(false); // sentences are read only for a list that is open
  // What is ticked belongs to what is selected.
  useEffect(() => void (ticked.value = new Set()), [chosen.value, pass.value]);
  useEffect(() => {
    if (!ticking.value || !box.current) return;
    ticking.value = false;
    box.current.open = true;
    box.current.scrollIntoView({ block: "nearest" });
    box.current.querySelector<HTMLElement>("input")?.focus();
  }, [ticking.value, chosen.value]);
  if (published || (!chosen.value && !anyFilter(filters.value))) return null;
  const rows = rowsOfSelection(MOST);
  const shown = columns.filter((one) => !["hour", "confidence"].includes(one.name)).slice(0, 4);
  const whole = view.value.segments === null;
  const can = abilities.value.edit;
  return (
    <details class="section list" ref={box} onToggle={(event) => setOpened(event.currentTarget.open)} data-test="list">
      <summary>
        <h3>
          {t(whole ? "list" : "listSegments")} <small>{t("listOf", { shown: rows.length, n: selected.value.rows })}</small>
        </h3>
      </summary>
      {can && (
        <p class="moving">
          <button
            type="button"
            class="wide"
            disabled={!ticked.value.size || working.value}
            onClick={() => (form.value = { kind: "move_conversations", group: null, rows: [...ticked.value] })}
            data-test="move-ticked"
          >
            {t("moveToGroup")}
          </button>
          <small>{t(ticked.value.size ? "tickedRows" : "tickHelp", { n: ticked.value.size })}</small>
        </p>
      )}
      <div class="scroll">
        <table>
          <thead>
            <tr>
              {can && (
                <th>
                  <span class="unseen">{t("moveToGroup")}</span>
                </th>
              )}
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
                {can && (
                  <td class="tick" onClick={(event) => event.stopPropagation()}>
                    <input
                      type="checkbox"
                      checked={ticked.value.has(row)}
                      onChange={() => (ticked.value = toggled(ticked.value, row))}
                      aria-label={t("tickRow", { name: groupName(group[row]) })}
                      data-row={row}
                    />
                  </td>
                )}
                <td class="of">{groupName(group[row])}</td>
                {texts.length > 0 && <td class="said">{opened && texts[0].at(row)}</td>}
                {shown.map((one) => (
                  <td key={one.name}>
                    {valueName(one, one.data[row])}
                    {one.sure && one.sure[row] > 0 && (
                      <small class="inferred" title={t("inferredHelp")}>{` ${t("inferred", { p: one.sure[row] })}`}</small>
                    )}
                  </td>
                ))}
                {days && <td>{dayOfRow(view.value, row) === null ? "–" : day(dateOf(days, dayOfRow(view.value, row)!))}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function toggled(all: ReadonlySet<number>, row: number): ReadonlySet<number> {
  const next = new Set(all);
  if (!next.delete(row)) next.add(row);
  return next;
}

const MOST_MOVED = 10_000; // as in src/clioscope/explorer/desk.py

/** A button that moves all that a line on the map takes in, or that the filters let pass. */
export function MoveSelection() {
  const { rows } = selected.value;
  const open = () => (form.value = { kind: "move_conversations", group: null, rows: rowsOfSelection(MOST_MOVED) });
  return (
    <p class="moving">
      <button
        type="button"
        class="wide"
        disabled={!rows || rows > MOST_MOVED || working.value}
        title={rows > MOST_MOVED ? t("moveTooMany", { most: MOST_MOVED }) : undefined}
        onClick={open}
        data-test="move-selection"
      >
        {t("moveAll", { n: rows })}
      </button>
    </p>
  );
}
