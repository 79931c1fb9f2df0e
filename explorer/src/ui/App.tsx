import { explaining, halves, notice } from "../state";
import { Compare } from "./Compare";
import { Details } from "./Details";
import { Explain } from "./Explain";
import { FilterChips } from "./FilterChips";
import { MapPane } from "./MapPane";
import { Timeline } from "./Timeline";
import { TopBar } from "./TopBar";
import { TreePane } from "./TreePane";

export function App() {
  return (
    <div class="page">
      <TopBar />
      <TreePane />
      <main class="stage">
        <FilterChips />
        <MapPane />
        <Timeline />
      </main>
      {explaining.value ? <Explain /> : halves.value ? <Compare /> : <Details />}
      <p class="unseen" role="status" aria-live="polite">
        {notice.value}
      </p>
    </div>
  );
}
