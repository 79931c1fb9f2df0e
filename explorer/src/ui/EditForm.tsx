/** What an edit needs to know beside its group. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { edit, form, type Form, type Operation } from "../editing";
import { partners, targets } from "../logic/moves";
import { view } from "../state";
import { columnName, t, type Word } from "../words";
import { groupName } from "./parts";

const TITLES: Record<Form, Word> = {
  merge: "mergeWith",
  split: "splitGroup",
  move: "moveGroup",
  describe: "opDescribe",
  note: "opNote",
  colour: "opColour",
};
const FIELDS = { merge: Merge, split: Split, move: Move, describe: Describe, note: Note, colour: Colour };

interface FieldsProps {
  group: number;
  set: (fields: Record<string, unknown>) => void;
}

export function EditForm({ kind, group }: { kind: Form; group: number }) {
  const box = useRef<HTMLDialogElement>(null);
  const fields = useRef<Record<string, unknown>>({});
  useEffect(() => box.current!.showModal(), []);
  const close = () => (form.value = null);
  const send = (event: Event) => {
    event.preventDefault();
    const own = view.value.groups[group].id;
    const operation: Operation = { op: kind, ...(kind === "merge" ? {} : { group: own }), ...fields.current };
    close();
    void edit(operation);
  };
  const Inner = FIELDS[kind];
  return (
    <dialog ref={box} class="form" onClose={close} onKeyDown={(event) => event.stopPropagation()} data-test="form">
      <form onSubmit={send}>
        <h3>{t(TITLES[kind], { name: groupName(group) })}</h3>
        <Inner group={group} set={(more) => (fields.current = more)} />
        <p class="buttons">
          <button type="button" onClick={close}>
            {t("cancel")}
          </button>
          <button type="submit" class="main" data-test="save">
            {t("save")}
          </button>
        </p>
      </form>
    </dialog>
  );
}

function Merge({ group, set }: FieldsProps) {
  const [others, setOthers] = useState<string[]>([]);
  const [name, setName] = useState("");
  useEffect(() => set({ groups: [view.value.groups[group].id, ...others], ...(name.trim() && { name: name.trim() }) }), [others, name]);
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

function Split({ group, set }: FieldsProps) {
  const leaf = view.value.groups[group].children.length === 0;
  const columns = view.value.columns.filter((one) => one.type !== "confidence" && one.name !== "rare");
  const [way, setWay] = useState<"into" | "facet" | "query">("into");
  const [into, setInto] = useState(2);
  const [method, setMethod] = useState("kmeans");
  const [facet, setFacet] = useState(columns[0]?.name ?? "");
  const [query, setQuery] = useState("");
  useEffect(() => set(way === "into" ? { into, method } : way === "facet" ? { facet } : { query }), [way, into, method, facet, query]);
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

function Move({ group, set }: FieldsProps) {
  const own = view.value.groups[group];
  const all = targets(view.value, group);
  const first = own.parent === null ? (all[0] === undefined ? "" : view.value.groups[all[0]].id) : "";
  const [to, setTo] = useState(first);
  useEffect(() => set({ to: to || null }), [to]);
  return (
    <select value={to} onChange={(event) => setTo(event.currentTarget.value)} aria-label={t("opMove")} data-test="target">
      {own.parent !== null && <option value="">{t("toTop")}</option>}
      {all.map((one) => (
        <option key={one} value={view.value.groups[one].id}>
          {groupName(one)}
        </option>
      ))}
    </select>
  );
}

function Describe({ group, set }: FieldsProps) {
  const [description, write] = useState(view.value.groups[group].description);
  const [vouch, setVouch] = useState(false);
  useEffect(() => set({ description, ...(vouch && { vouch }) }), [description, vouch]);
  return (
    <>
      <textarea required rows={4} value={description} onInput={(event) => write(event.currentTarget.value)} aria-label={t("description")} />
      <label>
        <input type="checkbox" checked={vouch} onChange={(event) => setVouch(event.currentTarget.checked)} /> {t("vouchFor")}
      </label>
    </>
  );
}

function Note({ group, set }: FieldsProps) {
  const [text, write] = useState(view.value.groups[group].note ?? "");
  useEffect(() => set({ text }), [text]);
  return <textarea rows={4} value={text} onInput={(event) => write(event.currentTarget.value)} aria-label={t("opNote")} data-test="note" />;
}

function Colour({ group, set }: FieldsProps) {
  const [colour, choose] = useState(view.value.groups[group].colour ?? "#1f5f7a");
  const [usual, setUsual] = useState(false);
  useEffect(() => set({ colour: usual ? null : colour }), [colour, usual]);
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
