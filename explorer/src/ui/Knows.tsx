import { batch } from "@preact/signals";
import type { Thing } from "../data/thing";
import { explaining, halves, level, lookAt, selectGroup, view } from "../state";
import { columnName, t, tongue, valueName } from "../words";
import { groupName, Icon } from "./parts";

/** What an atlas has to say first; a click shows where a sentence comes from. */
export function Knows() {
  const { knows } = view.value;
  if (!knows.length) return null;
  return (
    <section class="section knows" aria-label={t("knows")} data-test="knows">
      <h3>{t("knows")}</h3>
      <ol>
        {knows.map((one, place) => (
          <li key={place}>
            <button type="button" disabled={one.kind === "alike"} onClick={() => show(one)} data-test="thing" data-kind={one.kind}>
              <span>
                <Sentence of={one} />
              </span>
              {one.kind !== "alike" && <Icon name="open" />}
            </button>
          </li>
        ))}
      </ol>
      <p class="counts-note">{t("knowsNote")}</p>
    </section>
  );
}

function Sentence({ of }: { of: Thing }) {
  const column = view.value.columns.find((one) => one.name === of.column);
  const names: Record<string, string> = {
    group: of.group === null ? "" : groupName(of.group),
    column: column ? columnName(column.name) : "",
    value: column ? valueName(column, of.value ?? 0) : "",
  };
  // A figure and its sign stay on one line.
  const parts = of.text[tongue.value].replace(/ (?=[%<]|п\.)|(?<=<) /g, "\u00a0").split(/\{(group|column|value)\}/);
  return <>{parts.map((part, place) => (place % 2 ? <b key={place}>{names[part]}</b> : part))}</>;
}

function show(thing: Thing): void {
  batch(() => {
    explaining.value = null;
    if (thing.kind === "changed" || thing.kind === "steady") {
      halves.value = { by: "day", day: thing.day! };
      if (thing.level !== undefined) level.value = thing.level;
      return;
    }
    halves.value = null;
    if (thing.column) lookAt.value = thing.column;
    selectGroup(thing.group);
  });
}
