/** Small parts that several panes share. */

import type { ComponentChildren } from "preact";
import { many } from "../logic/palette";
import { counts, selectGroup, pointed, theme, view } from "../state";
import { number, t } from "../words";
import { flyToGroup } from "./camera";

/** The name of a group, or words that say it is withheld. */
export function groupName(index: number): string {
  return view.value.groups[index].name ?? t("withheld");
}

/** A mark for a group that is not yet one like the others. */
export function NewMark({ group }: { group: number }) {
  if (!view.value.groups[group].candidate) return null;
  return (
    <small class="new" title={t("candidateHelp")} data-test="candidate">
      {" "}
      {t("candidate")}
    </small>
  );
}

/** How the name of a group is written: a withheld and a mixed one are no names like the others. */
export function nameClass(index: number): string {
  const { name, mixed } = view.value.groups[index];
  return name === null ? "name withheld" : mixed ? "name mixed" : "name";
}

/** The colour of a group's top group, the same everywhere on the page. */
export function topColour(index: number): string {
  const { roots, groups } = view.value;
  for (let at: number | null = index; at !== null; at = groups[at].parent) if (groups[at].colour) return groups[at].colour!;
  return many(theme.value, roots.length)[roots.indexOf(groups[index].top)];
}

export function GroupLink({ group, note }: { group: number; note?: ComponentChildren }) {
  return (
    <button
      class="group-link"
      type="button"
      onClick={() => selectGroup(group)}
      onMouseEnter={() => (pointed.value = group)}
      onMouseLeave={() => (pointed.value = null)}
    >
      <i class="dot" style={{ background: topColour(group) }} />
      <span class={nameClass(group)}>{groupName(group)}</span>
      <span class="note">{note ?? number(counts.value[group])}</span>
    </button>
  );
}

/** The name of a group in a table; a click selects it and shows it on the map, and when it is selected (``on``), ends that. */
export function GroupToggle({ group, on }: { group: number; on: boolean }) {
  return (
    <button
      type="button"
      class="value"
      title={groupName(group)}
      onClick={() => {
        selectGroup(on ? null : group);
        flyToGroup(group);
      }}
      onMouseEnter={() => (pointed.value = group)}
      onMouseLeave={() => (pointed.value = null)}
    >
      <i class="dot" style={{ background: topColour(group) }} />
      {groupName(group)}
    </button>
  );
}

const ICONS = {
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  whole: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  lasso: "M8 2.5c3.3 0 5.5 1.6 5.5 3.9S11.300 10.300 8 10.300 2.500 8.700 2.500 6.400 4.700 2.500 8 2.500zM5 10c-1.300.5-1.600 1.800-.6 2.400 1 .6 1.500 1 1.100 2",
  close: "M4 4l8 8M12 4l-8 8",
  search: "M7 2.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9zM10.300 10.300L14 14",
  link: "M6.500 9.500l3-3M5 7.500L3.500 9a2.500 2.500 0 0 0 3.500 3.500L8.500 11M11 8.500L12.500 7A2.500 2.500 0 0 0 9 3.500L7.500 5",
  sun: "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
  moon: "M13 9.500A5.500 5.500 0 0 1 6.500 3a5.500 5.500 0 1 0 6.500 6.500z",
  compare: "M2.500 4h7M2.500 8h11M2.500 12h4.500M11 2.500L13.500 4 11 5.500",
  beside: "M2.500 3.500h4.500v9H2.500zM9 3.500h4.500v9H9z",
  open: "M6 4l4 4-4 4",
  report: "M4 2.500h8v11H4zM6 5.500h4M6 8h4M6 10.500h2.500",
  tree: "M3 3.500h4M5 3.500v9M5 8h3M5 12.500h3M10 8h3M10 12.500h3",
  details: "M2.500 2.500h11v11h-11zM9.500 2.500v11M11 5.500h1M11 8h1",
  menu: "M8 3.500v.01M8 8v.01M8 12.500v.01",
  table: "M2.500 3h11v10h-11zM2.500 6.300h11M2.500 9.600h11M6.500 3v10",
  columns: "M2.500 3h11v10h-11zM6.200 3v10M9.800 3v10",
  copy: "M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3",
  up: "M8 12.500V3.500M4.500 7L8 3.500 11.500 7",
  down: "M8 3.500v9M4.500 9L8 12.500 11.500 9",
  undo: "M6 3L3 6l3 3M3 6h6a4 4 0 0 1 0 8H6",
  redo: "M10 3l3 3-3 3M13 6H7a4 4 0 0 0 0 8h3",
  history: "M8 4.500V8l2.500 1.500M2.500 8a5.500 5.500 0 1 0 1.700-4M2.500 2.500V5H5",
  explain: "M2.500 13.500h11M4 13.500V9M7 13.500V6M10 13.500V8M13 13.500V3",
  picture: "M2.500 3h11v10h-11zM3 11.500l3-3.500 2.500 2.500 2-2 2.500 3M10.500 5.800v.01",
  bookmark: "M4.500 2.500h7v11L8 10.500l-3.500 3z",
  brush: "M2.500 5v6M13.500 5v6M5 8h6M5 8l1.800-1.800M5 8l1.800 1.800M11 8L9.200 6.200M11 8l-1.800 1.800",
};

export function Icon({ name }: { name: keyof typeof ICONS }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  );
}

interface SectionProps {
  title: string;
  note?: ComponentChildren;
  /** A button beside the title. */
  tool?: ComponentChildren;
  /** Whether the section is a chart, of which a picture can be saved. */
  chart?: boolean;
  children: ComponentChildren;
}

export function Section({ title, note, tool, chart, children }: SectionProps) {
  return (
    <section class="section" data-chart={chart ? "" : undefined}>
      <h3>
        {title}
        {note && <small>{note}</small>}
        {tool}
      </h3>
      {children}
    </section>
  );
}

/** The head of a table of groups with two shares each, their difference, and its q. */
export function ChangesHead({ first, second }: { first: string; second: string }) {
  return (
    <thead>
      <tr>
        <th scope="col">{t("group")}</th>
        <th scope="col">{first}</th>
        <th scope="col">{second}</th>
        <th scope="col" class="wide" title={t("difference")}>
          {t("differenceShort")}
        </th>
        <th scope="col" title={t("significance")}>
          {t("q")}
        </th>
      </tr>
    </thead>
  );
}
