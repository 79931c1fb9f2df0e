import { useEffect, useRef } from "preact/hooks";
import { signal } from "@preact/signals";
import { isSignificant } from "../logic/compare";
import { anyFilter } from "../logic/filter";
import { moveInto, openMenu, renameGroup, renaming } from "../editing";
import { abilities, changes, counts, filters, masses, matching, pointed, selectGroup, sort, view } from "../state";
import { number, percent, points, t } from "../words";
import { flyToGroup } from "./camera";
import { groupName, Icon, nameClass, NewMark, topColour } from "./parts";
import { figureOf } from "../logic/quality";
import { figureName } from "./figure-name";
import { groupSharesOf } from "./shares-of";
import { focused, open, setOpen, unseenIn, type Row } from "./tree-rows";

/** The group that is dragged, and the one that it would move into. */
const dragged = signal<number | null>(null);
const over = signal<number | null>(null);

/** What is in no group that is shown. */
export function More({ group, depth }: { group: number | null; depth: number }) {
  const n = unseenIn(group);
  if (!n) return null;
  return (
    <p class="more" role="none" style={{ "--depth": depth }} data-test="more" data-group={group ?? ""}>
      {t(anyFilter(filters.value) ? "moreWithheld" : "moreSmall", { n })}
    </p>
  );
}

export function choose(group: number, selected: number | null): void {
  if (group === selected) selectGroup(null);
  else {
    selectGroup(group);
    flyToGroup(group);
  }
}

interface RowProps {
  row: Row;
  largest: number;
  selected: number | null;
  current: number | null;
  focus: (group: number) => void;
}

export function TreeRow({ row, largest, selected, current, focus }: RowProps) {
  const group = view.value.groups[row.group];
  const count = counts.value[row.group];
  const isOpen = open.value.has(row.group);
  const change = sort.value === "change" ? changes.value?.get(row.group) : undefined;
  const figure = figureOf(sort.value);
  const own = count / Math.max(1, group.count);
  const share = sort.value === "share" ? own : masses.value[row.group] / Math.max(1, matching.value);
  const can = abilities.value.edit;
  return (
    <div
      role="treeitem"
      aria-level={row.depth + 1}
      aria-posinset={row.place + 1}
      aria-setsize={row.siblings}
      aria-expanded={group.children.length ? isOpen : undefined}
      aria-selected={row.group === selected}
      tabIndex={row.group === current ? 0 : -1}
      data-group={row.group}
      class={`tree-row depth-${Math.min(row.depth, 4)}${over.value === row.group ? " over" : ""}`}
      draggable={can && renaming.value !== row.group}
      onDragStart={(event) => {
        dragged.value = row.group;
        event.dataTransfer?.setData("text/plain", group.id);
      }}
      onDragEnd={() => (dragged.value = over.value = null)}
      onDragOver={(event) => {
        if (dragged.value === null || dragged.value === row.group) return;
        event.preventDefault();
        over.value = row.group;
      }}
      onDragLeave={() => over.value === row.group && (over.value = null)}
      onDrop={(event) => {
        event.preventDefault();
        const from = dragged.value;
        dragged.value = over.value = null;
        if (from !== null && from !== row.group) void moveInto(from, row.group);
      }}
      onFocus={() => (focused.value = row.group)}
      onDblClick={() => can && (renaming.value = row.group)}
      onContextMenu={(event) => {
        if (!can) return;
        event.preventDefault();
        openMenu(row.group, event.currentTarget, [event.clientX, event.clientY]);
      }}
      style={{ "--depth": row.depth, "--colour": topColour(row.group) }}
      title={group.description || undefined}
      onClick={(event) => {
        if (event.detail > 1 || renaming.value === row.group) return; // the second click of two renames
        focus(row.group);
        choose(row.group, selected);
      }}
      onMouseEnter={() => (pointed.value = row.group)}
      onMouseLeave={() => (pointed.value = null)}
    >
      <span
        class={group.children.length ? "twisty" : "twisty leaf"}
        onClick={(event) => {
          event.stopPropagation();
          setOpen([row.group], !isOpen);
        }}
      >
        {group.children.length > 0 && <Icon name="open" />}
      </span>
      {renaming.value === row.group ? (
        <Rename group={row.group} done={() => focus(row.group)} />
      ) : (
        <span class={nameClass(row.group)}>
          {groupName(row.group)}
          <NewMark group={row.group} />
          {group.pinned && <small class="pin" title={t("pinned")}> ◆</small>}
          {group.note && <small class="pin" title={group.note}> ✎</small>}
        </span>
      )}
      {figure !== null ? (
        <span class="figure" title={figureName(figure)}>{group.quality[figure] === undefined ? "–" : number(Math.round(group.quality[figure] * 1000) / 1000)}</span>
      ) : change ? (
        <span class={`figure ${isSignificant(change) ? (change.difference > 0 ? "up" : "down") : ""}`}>{points(change.difference)}</span>
      ) : (
        <span class="figure" title={figureHelp(count, share)}>
          {number(count)}
          <small>{percent(share)}</small>
        </span>
      )}
      <span class={sort.value === "share" ? "bar whole" : "bar"} aria-hidden="true">
        <i style={{ width: `${100 * (sort.value === "share" ? own : count / largest)}%` }} />
      </span>
    </div>
  );
}

/** The figures of a row in words: what is counted, and of what it is a share. */
function figureHelp(count: number, share: number): string {
  const size = t(view.value.segments === null ? "conversations" : "touchGroup", { n: count });
  return `${size}. ${percent(share)}: ${groupSharesOf()}`;
}

/** The name of a group as a field: Enter takes it, Escape leaves it as it was. */
function Rename({ group, done }: { group: number; done: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const onKey = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    const name = field.current!.value.trim();
    renaming.value = null;
    done();
    if (event.key === "Enter" && name && name !== view.value.groups[group].name) void renameGroup(group, name);
  };
  return (
    <input
      ref={field}
      class="rename"
      aria-label={t("newName")}
      defaultValue={view.value.groups[group].name ?? ""}
      onKeyDown={onKey}
      onBlur={() => (renaming.value = null)}
      onClick={(event) => event.stopPropagation()}
      data-test="rename"
    />
  );
}
