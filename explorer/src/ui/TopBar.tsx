import { signal } from "@preact/signals";
import { linkTo } from "../data/load";
import { toggleBeside } from "../beside";
import { edits, historyOpen, redo, undo, working } from "../editing";
import { abilities, earlier, explaining, halves, keepTaste, notice, theme, usualHalves, usualQuestion, view } from "../state";
import { number, t, tongue } from "../words";
import { moreTools as more, sheet, type Pane } from "./panes";
import { Icon } from "./parts";
import { closeTable, hasRecords, open as tableOpen, openTable } from "./records-state";
import { Search } from "./Search";
import { ViewsButton } from "./Views";

const copied = signal(false);

async function copy() {
  await new Promise((done) => setTimeout(done, 200)); // the address follows the screen a moment later
  const shared = new URL(location.href);
  shared.searchParams.delete("token");
  try {
    await navigator.clipboard.writeText(shared.href);
  } catch {
    return;
  }
  copied.value = true;
  notice.value = t("copied");
  setTimeout(() => (copied.value = false), 1600);
}

/** On a page that is too narrow for a pane beside the map: shows it over the map, or puts it away. */
function SheetToggle({ pane }: { pane: Pane }) {
  const on = sheet.value === pane;
  const label = t(pane === "tree" ? "tree" : "details");
  return (
    <button
      type="button"
      class={`sheet-toggle of-${pane}`}
      aria-pressed={on}
      onClick={() => (sheet.value = on ? null : pane)}
      title={label}
      aria-label={label}
      data-test={`${pane}-sheet`}
    >
      <Icon name={pane === "tree" ? "tree" : "details"} />
    </button>
  );
}

export function TopBar() {
  const { title, total, groups, published, segments } = view.value;
  const dark = theme.value === "dark";
  const comparable = halves.value ?? usualHalves.value;
  return (
    <header class="top">
      <SheetToggle pane="tree" />
      <div class="brand">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <circle cx="12" cy="12" r="9.200" />
          <path d="M2.800 12h18.400M12 2.800c3.200 2.700 4.600 5.800 4.600 9.200S15.200 18.500 12 21.200C8.800 18.500 7.400 15.400 7.400 12S8.800 5.500 12 2.800z" />
          <circle cx="15.500" cy="8" r="2.300" class="spot" />
        </svg>
        <div>
          <h1>{title}</h1>
          <p>
            {t("conversations", { n: total })} · {segments ? `${t("segments", { n: segments })} · ` : ""}
            {t("groups", { n: groups.length })}
            {published && <em> · {t("published")}</em>}
          </p>
        </div>
      </div>
      <Search />
      <nav class="tools">
        {hasRecords.value && (
          <button type="button" class="wide" aria-pressed={tableOpen.value} onClick={() => (tableOpen.value ? closeTable() : openTable())} title={t("table")} aria-label={t("table")} data-test="table">
            <Icon name="table" /> <span>{t("table")}</span>
          </button>
        )}
        <button
          type="button"
          class="wide"
          aria-pressed={halves.value !== null && !earlier.value}
          disabled={!comparable}
          title={comparable ? t("compare") : t("nothingToCompare")}
          aria-label={t("compare")}
          onClick={() => {
            halves.value = halves.value && !earlier.value ? null : comparable;
            explaining.value = null;
            earlier.value = null;
          }}
          data-test="compare"
        >
          <Icon name="compare" /> <span>{t("compare")}</span>
        </button>
        {!published && (
          <button
            type="button"
            class="wide"
            aria-pressed={explaining.value !== null && !earlier.value}
            disabled={!usualQuestion.value}
            aria-label={t("explainShort")}
            title={usualQuestion.value ? t("explainHelp") : t("nothingToCompare")}
            onClick={() => {
              explaining.value = explaining.value && !earlier.value ? null : usualQuestion.value;
              halves.value = null;
              earlier.value = null;
            }}
            data-test="explain"
          >
            <Icon name="explain" /> <span>{t("explainShort")}</span>
          </button>
        )}
        {abilities.value.comparison && (
          <button
            type="button"
            class="wide"
            aria-pressed={earlier.value !== null}
            title={t("besideTitle", { name: abilities.value.comparison })}
            aria-label={t("besideTitle", { name: abilities.value.comparison })}
            onClick={toggleBeside}
            data-test="beside"
          >
            <Icon name="beside" /> <span>{t("beside")}</span>
          </button>
        )}
        <button
          type="button"
          class="more-toggle"
          aria-expanded={more.value}
          aria-controls="more-tools"
          onClick={() => (more.value = !more.value)}
          title={t("moreTools")}
          aria-label={t("moreTools")}
          data-test="more-tools"
        >
          <Icon name="menu" />
        </button>
        <div id="more-tools" class={more.value ? "more-tools open" : "more-tools"} onClick={() => (more.value = false)}>
          {abilities.value.edit && (
            <>
              <button type="button" onClick={undo} disabled={working.value || !edits.value?.undo} title={t("undo")} aria-label={t("undo")} data-test="undo">
                <Icon name="undo" />
              </button>
              <button type="button" onClick={redo} disabled={working.value || !edits.value?.redo} title={t("redo")} aria-label={t("redo")} data-test="redo">
                <Icon name="redo" />
              </button>
              <button
                type="button"
                aria-pressed={historyOpen.value}
                onClick={() => (historyOpen.value = !historyOpen.value)}
                title={t("history")}
                aria-label={t("history")}
                data-test="history"
              >
                <Icon name="history" />
              </button>
            </>
          )}
          {abilities.value.report && (
            <a class="tool" href={linkTo("report-card")} target="_blank" rel="noopener" title={t("reportCard")} aria-label={t("reportCard")} data-test="report-card">
              <Icon name="report" />
            </a>
          )}
          <ViewsButton />
          <button type="button" onClick={copy} title={copied.value ? t("copied") : t("copyLink")} aria-label={t("copyLink")} class={copied.value ? "done" : ""}>
            <Icon name="link" />
          </button>
          <button
            type="button"
            class="tongue"
            onClick={() => keepTaste("language", tongue.value === "en" ? "ru" : "en")}
            aria-label={t("language")}
            data-test="language"
          >
            <span aria-current={tongue.value === "en"}>EN</span>
            <span aria-current={tongue.value === "ru"}>RU</span>
          </button>
          <button type="button" onClick={() => keepTaste("theme", dark ? "light" : "dark")} title={t("theme")} aria-label={t("theme")} data-test="theme">
            <Icon name={dark ? "sun" : "moon"} />
          </button>
        </div>
        <SheetToggle pane="details" />
      </nav>
      <span class="unseen">{number(total)}</span>
    </header>
  );
}
