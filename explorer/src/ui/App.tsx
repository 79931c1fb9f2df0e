import { useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { keepFound } from "../finding";
import { abilities, earlier, edition, explaining, halves, notice, reading, region } from "../state";
import { pictureMenu } from "../pictures";
import { readViews, viewsOpen } from "../views";
import { t } from "../words";
import { Beside } from "./Beside";
import { Compare } from "./Compare";
import { Details } from "./Details";
import { Editing } from "./Editing";
import { Explain } from "./Explain";
import { FilterChips } from "./FilterChips";
import { MapPane } from "./MapPane";
import { paneStyle, sheet } from "./panes";
import { Icon } from "./parts";
import { Records } from "./Records";
import { open as tableOpen } from "./records-state";
import { Splitter } from "./Splitter";
import { Timeline } from "./Timeline";
import { onEscape } from "./escape";
import { PictureMenu } from "./PictureMenu";
import { printed, startPrinting } from "./printing";
import { TopBar } from "./TopBar";
import { TreePane } from "./TreePane";
import { Views } from "./Views";

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
    const about = region.value !== null || halves.value !== null || explaining.value !== null || earlier.value !== null;
    if (about) sheet.value = "details";
    else if (sheet.peek() === "details") sheet.value = null;
  });
  useEffect(keepFound, []);
  useEffect(() => {
    addEventListener("keydown", onEscape);
    return () => removeEventListener("keydown", onEscape);
  }, []);
  useEffect(startPrinting, []);
  useEffect(() => void readViews(), []);
  return (
    <div class={`page${sheet.value ? ` show-${sheet.value}` : ""}${tableOpen.value ? " show-records" : ""}`} style={paneStyle.value} aria-busy={reading.value}>
      <TopBar />
      <TreePane />
      <main class="stage">
        <Stage key={edition.value} />
      </main>
      {earlier.value ? <Beside /> : explaining.value ? <Explain /> : halves.value ? <Compare /> : <Details />}
      <Splitter pane="tree" />
      <Splitter pane="details" />
      {sheet.value && (
        <button type="button" class="sheet-close" onClick={() => (sheet.value = null)} title={t("closeSheet")} aria-label={t("closeSheet")} data-test="close-sheet">
          <Icon name="close" />
        </button>
      )}
      <Records />
      {abilities.value.edit && <Editing />}
      {viewsOpen.value && <Views />}
      {pictureMenu.value && <PictureMenu />}
      <p class="print-caption">{printed.value}</p>
      <p class="unseen" role="status" aria-live="polite">
        {notice.value}
      </p>
    </div>
  );
}
