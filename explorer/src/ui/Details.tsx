import type { Read } from "../data/read";
import { path, type Group, type View } from "../data/view";
import { anyFilter } from "../logic/filter";
import { unseen } from "../logic/published";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { openMenu, ticking } from "../editing";
import { readLine } from "../logic/read";
import { abilities, chosen, counts, filters, masses, matching, pass, region, selected, selectGroup, view } from "../state";
import { number, percent, t } from "../words";
import { Conversations, MoveSelection } from "./Conversations";
import { Examples } from "./Examples";
import { Facets } from "./Facets";
import { Knows } from "./Knows";
import { OfSelection } from "./OfSelection";
import { GroupLink, groupName, Icon, NewMark, Section, topColour } from "./parts";
import { matchingCount } from "./shares-of";
import { ShareOverTime } from "./ShareOverTime";
import { Traces } from "./Traces";
import { Verdict } from "./Verdict";

const FEW = 12;

/** What is selected: a group, what a line takes in, what the filters let pass, or all. */
export function Details() {
  const at = region.value;
  const group = at?.kind === "group" ? view.value.groups[at.group] : null;
  const filtered = anyFilter(filters.value);
  const title = group ? groupName(group.index) : at?.kind === "found" ? t("foundTitle", { question: at.question }) : t(at ? "lassoed" : filtered ? "everythingOf" : "everything");
  const pane = useRef<HTMLElement>(null);
  const shown = group ? group.id : at?.kind === "lasso" ? JSON.stringify(at.polygon) : at?.kind === "found" ? at.question : "";
  useLayoutEffect(() => {
    if (!ticking.value && pane.current) pane.current.scrollTop = 0; // another selection is read from its beginning
  }, [shown]);
  return (
    <aside class="details" aria-label={title} ref={pane} data-test="details">
      <div class="head">
        {group && group.parent !== null && (
          <p class="crumbs">
            {path(view.value, group.index)
              .slice(0, -1)
              .map((one) => (
                <button type="button" class="plain" key={one} onClick={() => selectGroup(one)}>
                  {groupName(one)}
                </button>
              ))}
          </p>
        )}
        <h2 class={group && group.name === null ? "withheld" : ""}>
          {group && <i class="dot" style={{ background: topColour(group.index) }} />}
          {title}
          {group && <NewMark group={group.index} />}
          {group?.pinned && <small class="pin" title={t("pinned")}>◆</small>}
          {group && abilities.value.edit && (
            <button
              type="button"
              class="close"
              onClick={(event) => openMenu(group.index, event.currentTarget)}
              title={t("editGroup")}
              aria-label={t("editGroup")}
              aria-haspopup="menu"
              data-test="edit-menu"
            >
              <Icon name="menu" />
            </button>
          )}
          {at && (
            <button type="button" class="close" onClick={() => selectGroup(null)} title={t("clearSelection")} aria-label={t("clearSelection")}>
              <Icon name="close" />
            </button>
          )}
        </h2>
        {group && (group.name === null ? <p class="description">{t("withheldWhy")}</p> : <p class="description">{group.description}</p>)}
        {group?.note && <p class="note-text">{group.note}</p>}
        <Figures />
        {abilities.value.edit && !group && (at || filtered) && <MoveSelection />}
        {group?.read && <ReadLine read={group.read} />}
        {group && group.phrases.length > 0 && (
          <p class="phrases">
            {group.phrases.slice(0, 8).map((one) => (
              <span key={one}>{one}</span>
            ))}
          </p>
        )}
      </div>
      {!at && !filtered && <Knows />}
      {!at && !filtered && <Overview />}
      {group && group.children.length > 0 && <Subgroups key={group.id} group={group} />}
      <OfSelection />
      <Examples />
      <Traces />
      <Conversations />
      <Facets />
      <ShareOverTime />
      {group && group.near.length > 0 && (
        <Section title={t("near")}>
          <div class="links">
            {group.near.map((one) => (
              <GroupLink key={one} group={one} />
            ))}
          </div>
        </Section>
      )}
      {group && <Verdict group={group} />}
    </aside>
  );
}

/** The groups below, and what is in none of them that is shown. */
function Subgroups({ group }: { group: Group }) {
  const [all, setAll] = useState(false);
  const shown = all ? group.children : group.children.slice(0, FEW);
  const more = unseen(view.value, group.index, anyFilter(filters.value) ? counts.value : null);
  return (
    <Section title={t("inside")}>
      <div class="links">
        {shown.map((one) => (
          <GroupLink key={one} group={one} />
        ))}
      </div>
      {group.children.length > FEW && (
        <button type="button" class="plain" onClick={() => setAll(!all)}>
          {all ? t("showFewer") : t("showAll", { n: group.children.length })}
        </button>
      )}
      {more > 0 && <p class="more" data-test="more-inside">{t(anyFilter(filters.value) ? "moreWithheld" : "moreSmall", { n: more })}</p>}
    </Section>
  );
}

/** How much of the group's conversations the model and the encoder read. */
function ReadLine({ read }: { read: Read }) {
  return (
    <p class={read.poor ? "read poor" : "read"} title={t("readHelp")} data-test="read">
      {readLine(read)}
    </p>
  );
}

/** Sizes: conversations, their share and of what it is a part, users. */
function Figures() {
  const at = region.value;
  const filtered = anyFilter(filters.value);
  const group = at?.kind === "group" ? view.value.groups[at.group] : null;
  const { count, share, own, distinct, users, segments } = sizes(view.value, group, filtered);
  const copies = distinct !== null && distinct !== count;
  const cut = view.value.segments !== null;
  return (
    <p class="figures" data-test="figures">
      <span>
        <b>{number(count)}</b> {wordOnly(t(cut && (at || filtered) ? (group ? "touchGroup" : "touched") : "conversations", { n: count }))}
      </span>
      {(at || filtered) && (
        <span data-test="share">
          <b>{percent(share)}</b> {filtered && at ? t("ofMatching", { n: matchingCount() }) : t("ofAll", { n: view.value.total })}
        </span>
      )}
      {own !== null && (
        <span data-test="share-of-group">
          <b>{percent(own)}</b> {t("ofTheGroup", { n: group!.count })}
        </span>
      )}
      {users !== null && users > 0 && (
        <span>
          <b>{number(users)}</b> {wordOnly(t("users", { n: users }))}
        </span>
      )}
      {copies && <span>{t("distinct", { n: distinct })}</span>}
      {segments !== null && <span>{t("segments", { n: segments })}</span>}
    </p>
  );
}

/** `share` is that of the tree; `own`, under a filter, the part of a group that matches, as the tree can sort by. */
function sizes(of: View, group: View["groups"][number] | null, filtered: boolean) {
  const mine = group ? counts.value[group.index] : 0;
  const own = group && filtered ? mine / Math.max(1, group.count) : null;
  if (of.published) {
    const count = group ? mine : filtered ? matching.value : of.total;
    const part = group ? masses.value[group.index] : count;
    const whole = group && filtered ? matching.value : of.total;
    return { count, own, distinct: null, users: null, segments: null, share: part / Math.max(1, whole) };
  }
  const { count, mass, distinct, users, rows } = selected.value;
  const known = group && !filtered ? group.users : users; // the tree counts the users of copies too
  const whole = filtered && chosen.value ? matching.value : of.total;
  return { count, own, distinct, users: known, segments: of.segments === null ? null : rows, share: whole ? mass / whole : 0 };
}

/** A counted phrase without its number, which stands before it in bold. */
function wordOnly(phrase: string): string {
  return phrase.replace(/^[\d\s.,\u00a0\u202f]+/, "");
}

const COUNTED = { each: "countedEach", rest: "countedRest", together: "countedTogether" } as const;

function Overview() {
  const { models, clioscope, counted, guarantee, segments, longest } = view.value;
  void pass.value;
  return (
    <p class="about">
      {t(segments === null ? "helpPoint" : "helpSegment")} {t("helpText")}
      {segments !== null && <small data-test="cut">{t("countsOfSegments")}</small>}
      {longest && <small data-test="longest">{t("countsOfLongest")}</small>}
      {guarantee && <small data-test="guarantee">{t("guarantee", { epsilon: guarantee.epsilon, delta: String(guarantee.delta), odds: Number(Math.exp(guarantee.epsilon).toPrecision(3)), most: guarantee.conversations })}</small>}
      {counted && <small data-test="counted">{t(COUNTED[counted])}</small>}
      <small>
        {t("madeWith", { version: clioscope })} · {models.chat ? modelName(models.chat) : t("noModel")} · {t("encoder", { name: models.embedder })}
      </small>
    </p>
  );
}

function modelName(chat: unknown): string {
  if (typeof chat === "string") return chat;
  const named = chat as { name?: string; id?: string };
  return named.name ?? named.id ?? "";
}
