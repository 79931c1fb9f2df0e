import { useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { abilities, edition, explaining, halves, notice, reading, region } from "../state";
import { t } from "../words";
import { besideOpen } from "../beside";
import { Beside } from "./Beside";
import { Compare } from "./Compare";
import { Details } from "./Details";
import { Editing } from "./Editing";
import { Explain } from "./Explain";
import { FilterChips } from "./FilterChips";
import { MapPane } from "./MapPane";
import { paneStyle, sheet } from "./panes";
import { Icon } from "./parts";
import { Splitter } from "./Splitter";
import { Timeline } from "./Timeline";
import { TopBar } from "./TopBar";
import { TreePane } from "./TreePane";

/** What is drawn anew for another view. */
function Stage() {
  return (
    <>
      <FilterChips />
      <MapPane />
      <Timeline />
    </>
  );
}

export function App() {
  useSignalEffect(() => {
    const about = region.value !== null || halves.value !== null || explaining.value !== null || besideOpen.value;
    if (about) sheet.value = "details";
    else if (sheet.peek() === "details") sheet.value = null;
  });
  useEffect(() => {
    const leave = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) sheet.value = null;
    };
    addEventListener("keydown", leave);
    return () => removeEventListener("keydown", leave);
  }, []);
  return (
    <div class={sheet.value ? `page show-${sheet.value}` : "page"} style={paneStyle.value} aria-busy={reading.value}>
      <TopBar />
      <TreePane />
      <main class="stage">
        <Stage key={edition.value} />
      </main>
      {besideOpen.value ? <Beside /> : explaining.value ? <Explain /> : halves.value ? <Compare /> : <Details />}
      <Splitter pane="tree" />
      <Splitter pane="details" />
      {sheet.value && (
        <button type="button" class="sheet-close" onClick={() => (sheet.value = null)} title={t("closeSheet")} aria-label={t("closeSheet")} data-test="close-sheet">
          <Icon name="close" />
        </button>
      )}
      {abilities.value.edit && <Editing />}
      <p class="unseen" role="status" aria-live="polite">
        {notice.value}
      </p>
    </div>
  );
}
