import { useEffect, useRef } from "preact/hooks";
import { form } from "../editing";
import { cellText, keysOf } from "../logic/records";
import { tabbed } from "../logic/record-files";
import { abilities, edition, notice, view } from "../state";
import { number, t } from "../words";
import { Downloads } from "./Downloads";
import { FilterChips } from "./FilterChips";
import { Icon } from "./parts";
import { copyText, RecordDetail } from "./RecordDetail";
import { RecordsGrid } from "./RecordsGrid";
import { closeTable, keepTable, keys, looked, names, open, question, rows, selectionName, showColumn, showTable, taken, ticks, titleOf } from "./records-state";

/** The table of the selection, over the whole page below the bar. */
export function Records() {
  useEffect(keepTable, []);
  useEffect(() => {
    looked.value = null; // rows of a view after an edit may be others
  }, [edition.value]);
  return open.value ? <Table /> : null;
}

function Table() {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    box.current?.focus();
    const leave = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || (event.target as HTMLElement).closest?.(".search, dialog") || document.querySelector(".views, .history")) return;
      event.preventDefault();
      if (looked.value === null) closeTable();
      else looked.value = null;
    };
    document.addEventListener("keydown", leave);
    return () => document.removeEventListener("keydown", leave);
  }, []);
  const n = rows.value.length;
  return (
    <section
      class="records"
      role="dialog"
      aria-label={t("tableOf", { name: selectionName() })}
      data-test="records"
    >
      <header class="records-bar">
        <h2 title={selectionName()}>{selectionName()}</h2>
        <span class="count" role="status" data-test="records-count">
          {t("rowsShown", { n })}
          {ticks.value.size > 0 && ` · ${t("tickedCount", { n: ticks.value.size })}`}
        </span>
        <input ref={box} type="search" placeholder={t("searchTable")} aria-label={t("searchTable")} value={question.value} onInput={(event) => showTable({ question: event.currentTarget.value })} data-test="records-search" />
        <Columns />
        <button type="button" class="wide" disabled={!n} onClick={() => void copyRows()} title={t("copyRows")} aria-label={t("copyRows")} data-test="copy-rows">
          <Icon name="copy" /> <span>{t("copyRows")}</span>
        </button>
        {abilities.value.edit && ticks.value.size > 0 && (
          <button type="button" class="wide" onClick={() => (form.value = { kind: "move_conversations", group: null, rows: [...ticks.value] })}>
            {t("moveToGroup")}
          </button>
        )}
        <Downloads />
        <button type="button" class="close" onClick={closeTable} title={t("closeTable")} aria-label={t("closeTable")} data-test="close-table">
          <Icon name="close" />
        </button>
      </header>
      <FilterChips />
      <div class={looked.value === null ? "records-main" : "records-main with-record"}>
        <RecordsGrid />
        {looked.value !== null && <RecordDetail row={looked.value} />}
      </div>
    </section>
  );
}

/** Which columns are shown. */
function Columns() {
  const list = useRef<HTMLDetailsElement>(null);
  const shown = new Set(keys.value);
  return (
    <details
      class="columns"
      ref={list}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !list.current!.open) return;
        event.preventDefault();
        list.current!.open = false;
        list.current!.querySelector("summary")!.focus();
      }}
      onFocusOut={(event) => {
        if (event.relatedTarget && !list.current!.contains(event.relatedTarget as Node)) list.current!.open = false;
      }}
      data-test="columns"
    >
      <summary class="wide" title={t("columns")}>
        <Icon name="columns" /> <span>{t("columns")}</span>
      </summary>
      <div role="group" aria-label={t("columnsShown")}>
        {keysOf(view.value).map((key) => (
          <label key={key}>
            <input type="checkbox" checked={shown.has(key)} onChange={(event) => showColumn(key, event.currentTarget.checked)} data-key={key} /> {titleOf(key)}
          </label>
        ))}
      </div>
    </details>
  );
}

const MOST_COPIED = 10_000; // rows: a clipboard of megabytes stops the programs that take it

async function copyRows(): Promise<void> {
  const some = taken.value.subarray(0, MOST_COPIED);
  const cells = Array.from(some, (row) => keys.value.map((key) => cellText(view.value, key, row, names)));
  await copyText(tabbed(keys.value.map(titleOf), cells), t("copiedRows", { n: some.length }));
  if (some.length < taken.value.length) notice.value += ` (${number(MOST_COPIED)})`;
}
