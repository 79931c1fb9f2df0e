import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { path } from "../data/view";
import type { Sort } from "../logic/address";
import { anyFilter } from "../logic/filter";
import { hideGroup, moveInto, openMenu, renameGroup, renaming } from "../editing";
import { abilities, changes, counts, edition, filters, hefts, pointed, region, selectGroup, sort, usualHalves, view } from "../state";
import { number, percent, points, t } from "../words";
import { flyToGroup } from "./camera";
import { Legend } from "./Legend";
import { groupName, Icon, nameClass, NewMark, topColour } from "./parts";

const open = signal<ReadonlySet<number>>(new Set());
const focused = signal<number | null>(null);

/** The group that is dragged, and the one that it would move into. */
const dragged = signal<number | null>(null);
const over = signal<number | null>(null);

interface Row {
  group: number;
  depth: number;
  place: number;
  siblings: number;
}

/** The rows in sight, in reading order. */
function rows(): Row[] {
  const { groups, roots } = view.value;
  const found: Row[] = [];
  const add = (list: number[], depth: number) => {
    const order = arrange(list);
    order.forEach((group, place) => {
      found.push({ group, depth, place, siblings: order.length });
      if (open.value.has(group)) add(groups[group].children, depth + 1);
    });
  };
  add(roots, 0);
  return found;
}

function arrange(list: number[]): number[] {
  const key = (group: number): number => {
    if (sort.value === "change") return changes.value?.get(group)?.difference ?? 0;
    if (sort.value === "share") return counts.value[group] / Math.max(1, view.value.groups[group].count);
    return counts.value[group];
  };
  const filtered = anyFilter(filters.value);
  return list
    .filter((group) => !filtered || counts.value[group] > 0)
    .sort((a, b) => Number(view.value.groups[a].mixed) - Number(view.value.groups[b].mixed) || key(b) - key(a) || view.value.groups[b].count - view.value.groups[a].count || a - b);
}

function setOpen(groups: Iterable<number>, to: boolean): void {
  const next = new Set(open.value);
  for (const group of groups) {
    if (to) next.add(group);
    else next.delete(group);
  }
  open.value = next;
}

export function TreePane() {
  const list = useRef<HTMLDivElement>(null);
  const { groups, roots } = view.value;
  const selected = region.value?.kind === "group" ? region.value.group : null;
  const shown = rows();
  const largest = Math.max(1, ...roots.map((one) => counts.value[one]));
  const current = shown.some((row) => row.group === focused.value) ? focused.value : (selected ?? shown[0]?.group ?? null);

  // What is selected anywhere else is brought into sight here; before the next key, which may move on from there.
  useLayoutEffect(() => {
    if (selected === null) return;
    setOpen(path(view.value, selected).slice(0, -1), true);
    focused.value = selected;
    requestAnimationFrame(() => list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }));
  }, [selected]);

  // A view after an edit numbers its groups anew: what was open stays open.
  const ids = useRef(groups.map((one) => one.id));
  useLayoutEffect(() => {
    const now = new Map(groups.map((one) => [one.id, one.index]));
    const kept = (group: number) => now.get(ids.current[group]);
    if (edition.value) {
      open.value = new Set([...open.value].map(kept).filter((one) => one !== undefined));
      focused.value = focused.value === null ? null : (kept(focused.value) ?? null);
    }
    ids.current = groups.map((one) => one.id);
  }, [edition.value]);

  const focus = (group: number | undefined) => {
    if (group === undefined) return;
    focused.value = group;
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-group="${group}"]`)?.focus());
  };
  const onKey = (event: KeyboardEvent) => {
    const at = shown.findIndex((row) => row.group === current);
    if (at < 0) return;
    const { group } = shown[at];
    const actions: Record<string, () => void> = {
      ArrowDown: () => focus(shown[at + 1]?.group),
      ArrowUp: () => focus(shown[at - 1]?.group),
      Home: () => focus(shown[0].group),
      End: () => focus(shown[shown.length - 1].group),
      ArrowRight: () => {
        if (!groups[group].children.length) return;
        if (open.value.has(group)) focus(shown[at + 1]?.group);
        else setOpen([group], true);
      },
      ArrowLeft: () => {
        if (open.value.has(group)) setOpen([group], false);
        else if (groups[group].parent !== null) focus(groups[group].parent!);
      },
      Enter: () => choose(group, selected),
      " ": () => choose(group, selected),
      "*": () => setOpen(shown.filter((row) => row.depth === shown[at].depth).map((row) => row.group), true),
      Escape: () => selectGroup(null),
    };
    if (abilities.value.edit) {
      const row = () => list.current!.querySelector<HTMLElement>(`[data-group="${group}"]`)!;
      actions.F2 = () => (renaming.value = group);
      actions.Delete = () => void hideGroup(group);
      actions.ContextMenu = () => openMenu(group, row());
      if (event.key === "F10" && event.shiftKey) actions.F10 = actions.ContextMenu;
    }
    if ((event.target as HTMLElement).tagName === "INPUT") return;
    if (!(event.key in actions) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    actions[event.key]();
  };
  const parents = groups.filter((one) => one.children.length).map((one) => one.index);
  const allOpen = parents.length > 0 && parents.every((one) => open.value.has(one));
  return (
    <aside class="tree-pane" aria-label={t("tree")}>
      <div class="pane-head">
        <label>
          {t("sortBy")}{" "}
          <select value={sort.value} onChange={(event) => (sort.value = event.currentTarget.value as Sort)} data-test="sort">
            <option value="size">{t("sortSize")}</option>
            <option value="share">{t("sortShare")}</option>
            {usualHalves.value && <option value="change">{t("sortChange")}</option>}
          </select>
        </label>
        {parents.length > 0 && (
          <button type="button" class="plain" onClick={() => (allOpen ? (open.value = new Set()) : setOpen(parents, true))}>
            {t(allOpen ? "collapseAll" : "expandAll")}
          </button>
        )}
      </div>
      <div role="tree" aria-label={t("tree")} aria-describedby="tree-help" class="tree" ref={list} onKeyDown={onKey}>
        {shown.map((row) => (
          <TreeRow key={row.group} row={row} largest={largest} selected={selected} current={current} focus={focus} />
        ))}
        {!shown.length && <p class="none">{t("empty")}</p>}
      </div>
      {view.value.map && <Legend />}
      <p id="tree-help" class="unseen">
        {t("treeHelp")} {abilities.value.edit && t("editHelp")}
      </p>
    </aside>
  );
}

function choose(group: number, selected: number | null): void {
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

function TreeRow({ row, largest, selected, current, focus }: RowProps) {
  const group = view.value.groups[row.group];
  const count = counts.value[row.group];
  const isOpen = open.value.has(row.group);
  const change = sort.value === "change" ? changes.value?.get(row.group) : undefined;
  const share = sort.value === "share" ? count / Math.max(1, group.count) : hefts.value[row.group] / Math.max(1, view.value.total);
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
      {change ? (
        <span class={`figure ${change.p < 0.05 ? (change.difference > 0 ? "up" : "down") : ""}`}>{points(change.difference)}</span>
      ) : (
        <span class="figure" title={sort.value === "share" || view.value.segments === null ? undefined : `${t("touchGroup", { n: count })}, ${t("ofAll", { share: percent(share) })}`}>
          {number(count)}
          <small>{percent(share)}</small>
        </span>
      )}
      <span class="bar" aria-hidden="true">
        <i style={{ width: `${(100 * count) / largest}%` }} />
      </span>
    </div>
  );
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
