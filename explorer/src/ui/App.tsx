import { abilities, edition, explaining, halves, notice, reading } from "../state";
import { Compare } from "./Compare";
import { Details } from "./Details";
import { Editing } from "./Editing";
import { Explain } from "./Explain";
import { FilterChips } from "./FilterChips";
import { MapPane } from "./MapPane";
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
  return (
    <div class="page" aria-busy={reading.value}>
      <TopBar />
      <TreePane />
      <main class="stage">
        <Stage key={edition.value} />
      </main>
      {explaining.value ? <Explain /> : halves.value ? <Compare /> : <Details />}
      {abilities.value.edit && <Editing />}
      <p class="unseen" role="status" aria-live="polite">
        {notice.value}
      </p>
    </div>
  );
}
