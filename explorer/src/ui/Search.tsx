import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../data/load";
import { findWords, type Found } from "../data/records";
import { selectFound } from "../finding";
import { textHits } from "../logic/folded";
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
  const [written, setWritten] = useState<(Found & { question: string }) | null>(null);
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

  // The server looks into the texts of all conversations, and of transcripts where it may.
  useEffect(() => {
    if (!abilities.value.records || text.trim().length < 2) return setWritten(null);
    let stale = false;
    const timer = setTimeout(() => {
      findWords(text.trim())
        .then((found) => !stale && setWritten({ ...found, question: text.trim() }))
        .catch(() => !stale && setWritten(null));
    }, 250);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [text]);

  const shown = (name: string, place: number) => valueName(view.value.columns.find((one) => one.name === name)!, place);
  const asked = abilities.value.records;
  const named = open && text.trim() ? search(view.value, text, shown, asked ? [] : view.value.texts) : [];
  const told = asked && open && written?.question === text.trim() ? written : null;
  const count = asked ? (told?.n ?? 0) : named.some((one) => one.kind === "row") ? textHits(view.value.texts, view.value.rows, text).reduce((sum, one) => sum + one, 0) : 0;
  const hits: Hit[] = [
    ...named.filter((one) => one.kind !== "row"),
    ...(count ? [{ kind: "all", n: count } as const] : []),
    ...named.filter((one) => one.kind === "row"),
    ...(told?.hits ?? []).map(({ row, field, text: line, at: spans }): Hit => ({ kind: "row", row, text: line, facet: field, at: spans, score: 0 })),
  ];
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
    if (hit.kind === "all") selectFound(text);
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
          {hits.map((hit, index) => hit.kind === "all" && [<li role="presentation" class="part">{t("inTexts")}</li>, item(hit, index)])}
          {hits.map((hit, index) => hit.kind === "row" && item(hit, index))}
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
  if (hit.kind === "all") {
    return (
      <>
        <Icon name="table" />
        <span class="name" data-test="select-hits">{t(view.value.segments === null ? "selectHits" : "selectHitsSegments", { n: hit.n })}</span>
      </>
    );
  }
  const group = view.value.group[hit.row];
  return (
    <>
      <i class="dot" style={{ background: topColour(group) }} />
      <span class={hit.at ? "name around" : "name"} dir="auto">
        {hit.text ? <Marked text={hit.text} at={hit.at ?? []} /> : groupName(group)}
      </span>
      <span class="note">{hit.facet === "transcript" ? t("inTranscript") : pass.value.fails[hit.row] ? "·" : ""}</span>
    </>
  );
}

/** A text with the words that were found marked. */
function Marked({ text, at }: { text: string; at: [number, number][] }) {
  const parts = at.flatMap(([start, stop], place) => [text.slice(place ? at[place - 1][1] : 0, start), <mark key={place}>{text.slice(start, stop)}</mark>]);
  return (
    <>
      {parts}
      {text.slice(at.length ? at[at.length - 1][1] : 0)}
    </>
  );
}

/** The longest facet text of a row, which says most. */
function textOf(row: number): string {
  return view.value.texts.map((one) => one.at(row)).reduce((best, one) => (one.length > best.length ? one : best), "");
}
