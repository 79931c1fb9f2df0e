import { useState } from "preact/hooks";
import { choices, type Entry } from "../logic/colouring";
import { colour, coloured, colourBy, counts, filters, halves, pointed, region, selectGroup, toggleValue, view } from "../state";
import { columnName, day, number, t, valueName, type Word } from "../words";
import { figureOf } from "../logic/quality";
import { figureName } from "./figure-name";
import { halfNames, overTime } from "./half-names";
import { groupName } from "./parts";

const FIRST = 9;

/** What the colours mean; a click on a value keeps only it, a click on a group selects it. */
export function Legend() {
  const [all, setAll] = useState(false);
  const { legend, ordered, by } = coloured.value;
  const options = [...choices(view.value), ...(halves.value ? ["change"] : [])];
  const shown = all ? legend : legend.slice(0, FIRST);
  const figure = figureOf(by);
  const ramp = by === "date" || by === "change" || figure !== null;
  const inTree = by === `level:${view.value.levels.length - 1}`; // the tree beside shows these colours already
  return (
    <div class="legend" data-test="legend" role="group" aria-label={t("colourBy")}>
      <label>
        {t("colourBy")}{" "}
        <select value={colourBy.value} onChange={(event) => (colour.value = event.currentTarget.value)} data-test="colour">
          {options.map((one) => (
            <option key={one} value={one}>
              {choiceName(one)}
            </option>
          ))}
        </select>
      </label>
      {inTree ? null : ramp ? (
        <Ramp entries={legend} colours={by === "change" ? coloured.value.colours : figure !== null ? coloured.value.colours.slice(0, -1) : legend.map((one) => one.colour)} />
      ) : (
        <ul class={ordered ? "ordered" : ""}>
          {shown.map((entry) => (
            <li key={`${entry.kind}${entry.place}`}>
              <Item entry={entry} column={by} />
            </li>
          ))}
        </ul>
      )}
      <p class="pointed-mark">
        <svg viewBox="0 0 14 14" aria-hidden="true">
          <circle class="pointed" cx="7" cy="7" r="5.500" />
        </svg>
        {t("markPointed")}
      </p>
      {!ramp && !inTree && legend.length > FIRST && (
        <button type="button" class="plain" onClick={() => setAll(!all)}>
          {all ? t("showFewer") : t("showAll", { n: legend.length })}
        </button>
      )}
    </div>
  );
}

function choiceName(name: string): string {
  if (name === "change") return t(overTime(halves.value) ? "change" : "differenceShort");
  if (name === "date") return t(name);
  const figure = figureOf(name);
  if (figure !== null) return figureName(figure);
  if (!name.startsWith("level:")) return columnName(name);
  const level = Number(name.slice(6));
  const top = view.value.levels.length - 1;
  return level === top ? t("levelTop") : level === 0 ? t("levelBase") : t("level", { n: top - level + 1 });
}

/** Values do not grow: between two of them one has more. */
function changeWord(word: Word): string {
  const by = halves.value;
  if (!by || overTime(by)) return t(word);
  const [a, b] = halfNames(by);
  return word === "grew" ? t("moreIn", { name: b }) : word === "shrank" ? t("moreIn", { name: a }) : t("noDifference");
}

function Item({ entry, column }: { entry: Entry; column: string }) {
  const swatch = <i class="swatch" style={{ background: entry.colour }} />;
  if (entry.kind === "group") {
    const on = region.value?.kind === "group" && region.value.group === entry.place;
    return (
      <button
        type="button"
        aria-pressed={on}
        onClick={() => selectGroup(on ? null : entry.place)}
        onMouseEnter={() => (pointed.value = entry.place)}
        onMouseLeave={() => (pointed.value = null)}
      >
        {swatch}
        <span>{groupName(entry.place)}</span>
        <small>{number(counts.value[entry.place])}</small>
      </button>
    );
  }
  if (entry.kind === "other") return <span class="still">{swatch}<span>{t("other")}</span></span>;
  const kept = filters.value.values[column];
  const values = view.value.columns.find((one) => one.name === column)!;
  return (
    <button type="button" class={kept && !kept.includes(entry.place) ? "off" : ""} aria-pressed={kept?.includes(entry.place) ?? false} onClick={() => toggleValue(column, entry.place)}>
      {swatch}
      <span>{valueName(values, entry.place)}</span>
    </button>
  );
}

function Ramp({ entries, colours }: { entries: Entry[]; colours: string[] }) {
  const word = (entry: Entry) => (/^\d{4}-/.test(entry.text) ? day(new Date(`${entry.text}T00:00:00Z`), true) : /^-?[\d.]/.test(entry.text) ? number(Math.round(Number(entry.text) * 1000) / 1000) : changeWord(entry.text as Word));
  return (
    <div class="ramp">
      <div aria-hidden="true">
        {colours.map((one, index) => (
          <i key={index} style={{ background: one }} />
        ))}
      </div>
      <p>
        <span>{word(entries[0])}</span>
        {entries.length === 3 && <span>{word(entries[1])}</span>}
        <span>{word(entries[entries.length - 1])}</span>
      </p>
    </div>
  );
}
