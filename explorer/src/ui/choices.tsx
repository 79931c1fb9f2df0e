/** Choices by which a pane divides the conversations: dates or a column, and two values of it. */

import type { Column } from "../data/view";
import { view } from "../state";
import { columnName, valueName } from "../words";

/** Dates (the empty name) where there are any, or a column. */
export function ColumnChoice(given: { title: string; dates: string; columns: Column[]; chosen: Column | null; onChoose: (name: string) => void; test: string }) {
  const { days } = view.value;
  return (
    <label class="row">
      <span>{given.title}</span>
      <select value={given.chosen?.name ?? ""} onChange={(event) => given.onChoose(event.currentTarget.value)} data-test={given.test}>
        {days && days.last > 0 && <option value="">{given.dates}</option>}
        {given.columns.map((one) => (
          <option key={one.name} value={one.name}>
            {columnName(one.name)}
          </option>
        ))}
      </select>
    </label>
  );
}

type Pair = { a: number; b: number };

/** Two values of a column, each with its label. */
export function ValuePair<T extends Pair>(given: { column: Column; chosen: T; labels: [string, string]; onChoose: (next: T) => void; test: string }) {
  const { column, chosen, labels, onChoose, test } = given;
  return (
    <div class="row two">
      {(["a", "b"] as const).map((side, number) => (
        <select
          key={side}
          aria-label={labels[number]}
          value={chosen[side]}
          onChange={(event) => onChoose({ ...chosen, [side]: Number(event.currentTarget.value) })}
          data-test={`${test}-${side}`}
        >
          {column.values.map((_, place) => (
            <option key={place} value={place}>
              {valueName(column, place)}
            </option>
          ))}
        </select>
      ))}
    </div>
  );
}
