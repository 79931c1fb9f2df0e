import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../data/load";
import { neighboursOf } from "../data/records";
import { Refusal } from "../data/refusal";
import { path } from "../data/view";
import { cellText, columnOf, keysOf } from "../logic/records";
import { abilities, notice, selectGroup, view } from "../state";
import { columnName, figure, refusal, t } from "../words";
import { flyToRow } from "./camera";
import { groupName, Icon, Section, topColour } from "./parts";
import { closeTable, looked, names, titleOf } from "./records-state";
import { Transcript } from "./Transcript";

/** All that the page holds of one record, with its neighbours, and where that is allowed its text. */
export function RecordDetail({ row }: { row: number }) {
  const pane = useRef<HTMLElement>(null);
  useEffect(() => void (pane.current!.scrollTop = 0), [row]);
  const all = keysOf(view.value).filter((key) => key !== "group" && key !== "top");
  const texts = all.filter((key) => key.startsWith("text:"));
  const facts = all.filter((key) => !key.startsWith("text:") && key !== "record");
  const ids = view.value.records?.at(row).split("\t").filter(Boolean) ?? [];
  const group = view.value.group[row];
  const told = (key: (typeof all)[number]) => cellText(view.value, key, row, names);
  return (
    <aside class="record" aria-label={t("record")} ref={pane} data-test="record" data-row={row}>
      <div class="head">
        <h2>
          {t("record")}
          <button type="button" class="close" onClick={() => (looked.value = null)} title={t("closeRecord")} aria-label={t("closeRecord")} data-test="close-record">
            <Icon name="close" />
          </button>
        </h2>
        {ids.map((id) => (
          <p class="id" key={id}>
            <code data-test="record-id">{id}</code>
            <button type="button" onClick={() => void copyText(id, t("copiedId"))} title={t("copyId")} aria-label={`${t("copyId")} ${id}`}>
              <Icon name="copy" />
            </button>
          </p>
        ))}
        <p class="crumbs">
          {path(view.value, group).map((one) => (
            <button
              type="button"
              class="plain"
              key={one}
              onClick={() => {
                selectGroup(one);
                closeTable();
              }}
              data-test="record-group"
            >
              {groupName(one)}
            </button>
          ))}
        </p>
        {view.value.map && (
          <button type="button" class="wide" onClick={() => {
            closeTable();
            requestAnimationFrame(() => flyToRow(row));
          }}>
            {t("showOnMap")}
          </button>
        )}
      </div>
      {texts.map((key) => (
        <Section key={key} title={titleOf(key)}>
          <p class="said" dir="auto">{told(key) || "–"}</p>
        </Section>
      ))}
      <section class="section">
        <dl class="pairs">
          {facts.map((key) => (
            <div key={key}>
              <dt>{titleOf(key)}</dt>
              <dd>{told(key) || "–"}{(columnOf(view.value, key)?.sure?.[row] ?? 0) > 0 && <small> {t("inferred", { p: columnOf(view.value, key)!.sure![row] })}</small>}</dd>
            </div>
          ))}
        </dl>
      </section>
      {abilities.value.traces && <WholeText key={`text${row}`} row={row} />}
      {abilities.value.records && <Neighbours key={`near${row}`} row={row} />}
    </aside>
  );
}

function WholeText({ row }: { row: number }) {
  const [text, setText] = useState<string | null>(null);
  const show = () => {
    ask(`traces?rows=${row}`)
      .then((response) => response.json())
      .then((found: { transcript: string }[]) => setText(found[0].transcript), (error: unknown) => setText(error instanceof Refusal ? refusal(error) : String(error)));
  };
  return (
    <Section title={t("wholeText")}>
      {text === null ? (
        <button type="button" class="wide" onClick={show} data-test="show-text">
          {t("showText")}
        </button>
      ) : (
        <>
          <p class="warning">{t("tracesWarning")}</p>
          <Transcript text={text} />
        </>
      )}
    </Section>
  );
}

function Neighbours({ row }: { row: number }) {
  const [near, setNear] = useState<[number, number][] | string | null>(null);
  useEffect(() => {
    let stale = false;
    neighboursOf(row).then(
      (found) => !stale && setNear(found),
      (error: unknown) => !stale && setNear(error instanceof Refusal ? refusal(error) : String(error)),
    );
    return () => void (stale = true);
  }, [row]);
  return (
    <Section title={t("neighbours")} note={t("neighboursHelp")}>
      {typeof near === "string" && <p>{near}</p>}
      {Array.isArray(near) && (
        <div class="links" data-test="neighbours">
          {near.map(([other, cosine]) => (
            <button type="button" class="group-link" key={other} onClick={() => (looked.value = other)} data-row={other}>
              <i class="dot" style={{ background: topColour(view.value.group[other]) }} />
              <span class="name" dir="auto">{lineOf(other)}</span>
              <span class="note">{figure(Math.round(cosine * 1000) / 1000)}</span>
            </button>
          ))}
        </div>
      )}
    </Section>
  );
}

/** What tells most of a row on one line: its first sentence, so that no other need be read, or what it is. */
export function lineOf(row: number): string {
  const text = view.value.texts[0]?.at(row);
  if (text) return text;
  const told = view.value.columns
    .filter((one) => one.type !== "confidence" && one.type !== "hour" && one.name !== "hour" && one.here)
    .map((one) => {
      const value = cellText(view.value, `column:${one.name}`, row, names);
      return /^\P{L}+$/u.test(value) ? `${columnName(one.name)}: ${value}` : value; // a bare number says nothing
    });
  return told.filter(Boolean).slice(0, 4).join(" · ") || groupName(view.value.group[row]);
}

export async function copyText(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notice.value = done;
  } catch {
    notice.value = t("notCopied");
  }
}
