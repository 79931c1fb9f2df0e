import { useEffect, useState } from "preact/hooks";
import { anyFilter } from "../logic/filter";
import { lists } from "../logic/lists";
import { tellingWords, type Telling } from "../logic/selection-words";
import { countBy, touching } from "../logic/tally";
import { chosen, filters, pass, region, selected, selectGroup, view } from "../state";
import { columnName, number, percent, t } from "../words";
import { groupName, nameClass, Section, topColour } from "./parts";

const MOST_GROUPS = 8;
const MOST_PHRASES = 10;

interface Part {
  group: number;
  count: number;
  share: number;
}

/** The base groups of what a line, a search or the filters select, those with most of it first. */
export function partsOfSelection(): Part[] {
  const now = view.value;
  const { inside } = lists(now, pass.value, chosen.value);
  const masses = countBy(now.group, now.groups.length, inside, now.mass);
  const touched = now.whole ? touching(now, now.groups.length) : null;
  if (touched) for (const row of inside) touched.add(row, now.group[row]);
  const counts = touched?.counts ?? masses;
  const all = masses.reduce((sum, one) => sum + one, 0);
  const base = now.groups.filter((one) => masses[one.index] > 0).map((one) => ({ group: one.index, count: counts[one.index], share: masses[one.index] / all }));
  return base.sort((a, b) => b.share - a.share || a.group - b.group);
}

/** Groups and words of a selection that is no group. */
export function OfSelection() {
  const at = region.value;
  if (view.value.published || at?.kind === "group" || (!at && !anyFilter(filters.value)) || !selected.value.rows) return null;
  const parts = partsOfSelection();
  return (
    <>
      <Section title={t("groupsOf")} note={t("groupsOfNote")}>
        <div class="links" data-test="groups-of">
          {parts.slice(0, MOST_GROUPS).map(({ group, count, share }) => (
            <button type="button" class="group-link" key={group} onClick={() => selectGroup(group)} title={t("ofGroup", { n: count, all: view.value.groups[group].count })} data-group={group}>
              <i class="dot" style={{ background: topColour(group) }} />
              <span class={nameClass(group)}>{groupName(group)}</span>
              <span class="note">
                {number(count)} · {percent(share)}
              </span>
            </button>
          ))}
        </div>
        {parts.length > MOST_GROUPS && <p class="more">{t("groups", { n: parts.length })}</p>}
      </Section>
      <Words parts={parts} />
    </>
  );
}

/** Words of the sentences that the page holds; without any, phrases of the groups. */
function Words({ parts }: { parts: Part[] }) {
  const text = view.value.texts[0];
  const lines = text?.lines() ?? [];
  const [words, setWords] = useState<Telling[] | null>(null);
  useEffect(() => {
    setWords(null);
    if (!lines.length) return;
    const timer = setTimeout(() => setWords(tellingWords(lines, pass.value.fails, chosen.value)), 60); // after the picture
    return () => clearTimeout(timer);
  }, [lines, pass.value, chosen.value]);
  if (!lines.length) {
    const phrases = [...new Set(parts.slice(0, MOST_GROUPS).flatMap(({ group }) => view.value.groups[group].phrases.slice(0, 2)))].slice(0, MOST_PHRASES);
    if (!phrases.length) return null;
    return (
      <Section title={t("phrasesOf")}>
        <p class="phrases" data-test="words-of">
          {phrases.map((one) => (
            <span key={one}>{one}</span>
          ))}
        </p>
      </Section>
    );
  }
  return (
    <Section title={t("wordsOf")} note={t("wordsOfNote", { name: columnName(text.name) })}>
      {words === null ? (
        <p class="counts-note">{t("wordsReading")}</p>
      ) : words.length ? (
        <p class="phrases" data-test="words-of">
          {words.map((one) => (
            <span key={one.word} title={`${number(one.here)} / ${number(one.elsewhere)}`}>
              {one.word} <small>{number(one.here)}</small>
            </span>
          ))}
        </p>
      ) : (
        <p class="counts-note">{t("wordsNone")}</p>
      )}
    </Section>
  );
}
