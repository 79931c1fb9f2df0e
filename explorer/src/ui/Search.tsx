import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../data/load";
import { search, type Hit } from "../logic/search";
import { abilities, counts, hovered, pass, selectGroup, toggleValue, view } from "../state";
import { columnName, number, t, tongue, valueName } from "../words";
import { groupName, Icon, topColour } from "./parts";
import { flyToRow } from "./camera";

interface Meant {
  groups: [number, number][];
  rows: [number, number][];
}

const question = signal("");

/** A box with a list below: names first, then values to filter by, then texts, then what is near in meaning. */
export function Search() {
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const [meant, setMeant] = useState<Meant | "waiting" | null>(null);
  const box = useRef<HTMLInputElement>(null);
  const text = question.value;
  void tongue.value;

  useEffect(() => {
    const slash = (event: KeyboardEvent) => {
      const typing = (event.target as HTMLElement).matches?.("input, select, textarea");
      if (event.key === "/" && !typing) {
        event.preventDefault();
        box.current?.focus();
      }
    };
    addEventListener("keydown", slash);
    return () => removeEventListener("keydown", slash);
  }, []);

  useEffect(() => {
    setAt(0);
    if (!abilities.value.meaning || text.trim().length < 3) return setMeant(null);
    let stale = false;
    setMeant("waiting");
    const timer = setTimeout(() => {
      ask(`meaning?q=${encodeURIComponent(text)}`)
        .then((response) => response.json())
        .then((found: Meant) => !stale && setMeant(found))
        .catch(() => !stale && setMeant(null));
    }, 350);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [text]);

  const shown = (name: string, place: number) => valueName(view.value.columns.find((one) => one.name === name)!, place);
  const hits = open && text.trim() ? search(view.value, text, shown) : [];
  const near: Hit[] =
    meant && meant !== "waiting"
      ? [
          ...meant.groups.slice(0, 6).map(([group, score]): Hit => ({ kind: "group", group, where: "name", score })),
          ...meant.rows.slice(0, 4).map(([row, score]): Hit => ({ kind: "row", row, text: textOf(row), facet: "", score })),
        ]
      : [];
  const all = [...hits, ...near];

  const choose = (hit: Hit | undefined) => {
    if (!hit) return;
    if (hit.kind === "group") selectGroup(hit.group);
    if (hit.kind === "value") toggleValue(hit.column, hit.place);
    if (hit.kind === "row") {
      selectGroup(view.value.group[hit.row]);
      hovered.value = hit.row;
      flyToRow(hit.row);
    }
    setOpen(false);
    box.current?.blur();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setAt((now) => (now + (event.key === "ArrowDown" ? 1 : -1) + all.length) % Math.max(1, all.length));
    } else if (event.key === "Enter") choose(all[at]);
    else if (event.key === "Escape" && (open || text)) {
      event.preventDefault(); // the search closes, and nothing else does
      question.value = "";
      setOpen(false);
    }
  };
  const item = (hit: Hit, index: number) => (
    <li
      key={index}
      id={`hit-${index}`}
      role="option"
      aria-selected={index === at}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => choose(hit)}
      onMouseEnter={() => setAt(index)}
    >
      <Line hit={hit} />
    </li>
  );
  const part = (title: string, kinds: Hit["kind"]) => {
    const some = hits.map((hit, index) => [hit, index] as const).filter(([hit]) => hit.kind === kinds);
    return some.length > 0 && [<li role="presentation" class="part">{title}</li>, ...some.map(([hit, index]) => item(hit, index))];
  };
  const visible = open && text.trim().length > 0;
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input
        ref={box}
        type="text"
        role="combobox"
        placeholder={t("search")}
        aria-label={t("search")}
        aria-expanded={visible}
        aria-controls="hits"
        aria-activedescendant={visible && all.length ? `hit-${at}` : undefined}
        value={text}
        onInput={(event) => {
          question.value = event.currentTarget.value;
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKey}
      />
      <kbd aria-hidden="true">/</kbd>
      {visible && (
        <ul id="hits" role="listbox" aria-label={t("searchResults")}>
          {part(t("inGroups"), "group")}
          {part(t("inValues"), "value")}
          {part(t("inTexts"), "row")}
          {!hits.length && !near.length && meant !== "waiting" && <li role="presentation" class="none">{t("nothingFound")}</li>}
          {meant === "waiting" && <li role="presentation" class="none">{t("searching")}</li>}
          {near.length > 0 && [
            <li role="presentation" class="part">{t("byMeaning")}</li>,
            ...near.map((hit, index) => item(hit, hits.length + index)),
          ]}
        </ul>
      )}
    </div>
  );
}

function Line({ hit }: { hit: Hit }) {
  if (hit.kind === "group") {
    return (
      <>
        <i class="dot" style={{ background: topColour(hit.group) }} />
        <span class="name">{groupName(hit.group)}</span>
        <span class="note">{number(counts.value[hit.group])}</span>
      </>
    );
  }
  if (hit.kind === "value") {
    const column = view.value.columns.find((one) => one.name === hit.column)!;
    return (
      <>
        <span class="name">{valueName(column, hit.place)}</span>
        <span class="note">{columnName(hit.column)}</span>
      </>
    );
  }
  const group = view.value.group[hit.row];
  return (
    <>
      <i class="dot" style={{ background: topColour(group) }} />
      <span class="name">{hit.text || groupName(group)}</span>
      <span class="note">{pass.value.fails[hit.row] ? "·" : ""}</span>
    </>
  );
}

/** The longest facet text of a row, which says most. */
function textOf(row: number): string {
  return view.value.texts.map((one) => one.at(row)).reduce((best, one) => (one.length > best.length ? one : best), "");
}
