/** The fields of the forms, one function per operation. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { baseGroups, partners, targets } from "../logic/moves";
import { abilities, view } from "../state";
import { columnName, t, type Word } from "../words";
import { GroupPicker } from "./GroupPicker";
import { groupName } from "./parts";

export interface FieldsProps {
  /** The group that is edited; -1 where conversations are. */
  group: number;
  rows: number[];
  /** Takes the fields of the operation; null while they say nothing that can be sent. */
  set: (fields: Record<string, unknown> | null) => void;
}

export function Merge({ group, set }: FieldsProps) {
  const [others, setOthers] = useState<string[]>([]);
  const [name, setName] = useState("");
  useLayoutEffect(() => set({ groups: [view.value.groups[group].id, ...others], ...(name.trim() && { name: name.trim() }) }), [others, name]);
  const chosen = (list: HTMLSelectElement) => [...list.selectedOptions].map((one) => one.value);
  return (
    <>
      <select multiple size={8} required onChange={(event) => setOthers(chosen(event.currentTarget))} aria-label={t("opMerge")} data-test="partners">
        {partners(view.value, group).map((one) => (
          <option key={one} value={view.value.groups[one].id}>
            {groupName(one)}
          </option>
        ))}
      </select>
      <Labelled word="mergeName">
        <input value={name} onInput={(event) => setName(event.currentTarget.value)} data-test="merge-name" />
      </Labelled>
    </>
  );
}

export function Split({ group, set }: FieldsProps) {
  const leaf = view.value.groups[group].children.length === 0;
  const columns = view.value.columns.filter((one) => one.type !== "confidence" && one.name !== "rare");
  const [way, setWay] = useState<"into" | "facet" | "query">("into");
  const [into, setInto] = useState(2);
  const [method, setMethod] = useState("kmeans");
  const [facet, setFacet] = useState(columns[0]?.name ?? "");
  const [query, setQuery] = useState("");
  useLayoutEffect(() => set(way === "into" ? { into, method } : way === "facet" ? { facet } : { query }), [way, into, method, facet, query]);
  const choice = (name: typeof way, word: Word) => (
    <label>
      <input type="radio" name="way" checked={way === name} onChange={() => setWay(name)} data-test={`by-${name}`} /> {t(word)}
    </label>
  );
  return (
    <>
      {choice("into", "byNumber")}
      {way === "into" && (
        <span class="inner">
          <input type="number" min={2} max={50} value={into} onInput={(event) => setInto(Number(event.currentTarget.value))} data-test="into" />{" "}
          <select value={method} onChange={(event) => setMethod(event.currentTarget.value)} aria-label={t("method")}>
            <option value="kmeans">k-means</option>
            <option value="ward">Ward</option>
          </select>
        </span>
      )}
      {leaf && columns.length > 0 && choice("facet", "byFacet")}
      {way === "facet" && (
        <select value={facet} onChange={(event) => setFacet(event.currentTarget.value)} class="inner" aria-label={t("byFacet")} data-test="facet">
          {columns.map((one) => (
            <option key={one.name} value={one.name}>
              {columnName(one.name)}
            </option>
          ))}
        </select>
      )}
      {leaf && choice("query", "byQuery")}
      {way === "query" && (
        <input required class="inner" value={query} onInput={(event) => setQuery(event.currentTarget.value)} aria-label={t("byQuery")} data-test="query" />
      )}
    </>
  );
}

export function Move({ group, set }: FieldsProps) {
  const own = view.value.groups[group];
  const all = targets(view.value, group);
  return <GroupPicker groups={all} top={own.parent !== null} choose={(to) => set({ to })} />;
}

/** The base group that conversations go to. */
export function MoveConversations({ rows, set }: FieldsProps) {
  const held = new Set(rows.map((row) => view.value.group[row]));
  const all = baseGroups(view.value).filter((one) => held.size > 1 || !held.has(one));
  return <GroupPicker groups={all} top={false} choose={(to) => set({ rows, to })} />;
}

/** What naming anew will do here. */
export function Name({ set }: FieldsProps) {
  useLayoutEffect(() => set({}), []);
  return <p class="explained">{t(abilities.value.model ? "nameByModel" : "nameByPhrases")}</p>;
}

export function Audit({ set }: FieldsProps) {
  useLayoutEffect(() => set({}), []);
  return <p class="explained">{t(abilities.value.model ? "auditByModel" : "auditNoModel")}</p>;
}

export function Describe({ group, set }: FieldsProps) {
  const [description, write] = useState(view.value.groups[group].description);
  const [vouch, setVouch] = useState(false);
  useLayoutEffect(() => set({ description, ...(vouch && { vouch }) }), [description, vouch]);
  return (
    <>
      <textarea required rows={4} value={description} onInput={(event) => write(event.currentTarget.value)} aria-label={t("description")} />
      <label>
        <input type="checkbox" checked={vouch} onChange={(event) => setVouch(event.currentTarget.checked)} /> {t("vouchFor")}
      </label>
    </>
  );
}

export function Note({ group, set }: FieldsProps) {
  const [text, write] = useState(view.value.groups[group].note ?? "");
  useLayoutEffect(() => set({ text }), [text]);
  return <textarea rows={4} value={text} onInput={(event) => write(event.currentTarget.value)} aria-label={t("opNote")} data-test="note" />;
}

export function Colour({ group, set }: FieldsProps) {
  const [colour, choose] = useState(view.value.groups[group].colour ?? "#1f5f7a");
  const [usual, setUsual] = useState(false);
  useLayoutEffect(() => set({ colour: usual ? null : colour }), [colour, usual]);
  return (
    <>
      <input type="color" value={colour} disabled={usual} onInput={(event) => choose(event.currentTarget.value)} aria-label={t("opColour")} />
      <label>
        <input type="checkbox" checked={usual} onChange={(event) => setUsual(event.currentTarget.checked)} /> {t("noColour")}
      </label>
    </>
  );
}

function Labelled({ word, children }: { word: Word; children: ComponentChildren }) {
  return (
    <label class="labelled">
      <span>{t(word)}</span>
      {children}
    </label>
  );
}
