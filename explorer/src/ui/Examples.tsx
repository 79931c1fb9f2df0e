import { useEffect } from "preact/hooks";
import { anyFilter } from "../logic/filter";
import { cellText } from "../logic/records";
import { chosen, filters, selected, view, want } from "../state";
import { t } from "../words";
import { rowsOfSelection } from "./Conversations";
import { Downloads } from "./Downloads";
import { Icon, Section } from "./parts";
import { lineOf } from "./RecordDetail";
import { hasRecords, names, openTable } from "./records-state";

const MOST = 4;

/** A few conversations of the selection, the way to all of them as a table, and files of them. */
export function Examples() {
  const about = chosen.value !== null || anyFilter(filters.value);
  const { columns, days } = view.value;
  useEffect(() => {
    if (about && !view.value.texts.length) want(columns.map((one) => one.names.data));
  }, [about, columns]);
  if (!hasRecords.value) return null;
  const some = about ? rowsOfSelection(MOST) : [];
  return (
    <Section title={t(about ? "examples" : "table")} note={about ? t("examplesHelp") : undefined}>
      <div class="examples" data-test="examples">
        {some.map((row) => (
          <button type="button" class="example" key={row} onClick={() => openTable(row)} data-row={row}>
            <span dir="auto">{lineOf(row)}</span>
            {days && <small>{cellText(view.value, "date", row, names)}</small>}
          </button>
        ))}
        <p class="to-table">
          <button type="button" class="wide" disabled={!selected.value.rows} onClick={() => openTable()} data-test="open-table">
            <Icon name="table" /> {t("openTable", { n: selected.value.rows })}
          </button>
          <Downloads />
        </p>
      </div>
    </Section>
  );
}
