import { Fragment } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { path } from "../data/view";
import type { Sort } from "../logic/address";
import { hideGroup, openMenu, renaming } from "../editing";
import { abilities, counts, edition, region, sort, treeHalves, view } from "../state";
import { t } from "../words";
import { figureOf, figuresOf, QUALITY } from "../logic/quality";
import { figureName } from "./figure-name";
import { halfNames, overTime } from "./half-names";
import { Legend } from "./Legend";
import { groupSharesOf } from "./shares-of";
import { focused, open, rows, setOpen } from "./tree-rows";
import { choose, More, TreeRow } from "./TreeRow";

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
  const figure = figureOf(sort.value);
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
            {treeHalves.value && <option value="change">{t(overTime(treeHalves.value) ? "sortChange" : "sortDifference")}</option>}
            {figuresOf(view.value).map((one) => (
              <option key={one} value={QUALITY + one}>
                {figureName(one)}
              </option>
            ))}
          </select>
        </label>
        {parents.length > 0 && (
          <button type="button" class="plain" onClick={() => (allOpen ? (open.value = new Set()) : setOpen(parents, true))}>
            {t(allOpen ? "collapseAll" : "expandAll")}
          </button>
        )}
      </div>
      <p class="of-what" data-test="tree-of">
        {figure !== null ? t("weakestFirst", { figure: figureName(figure) }) : sort.value === "change" ? changeOf() : groupSharesOf()}
      </p>
      <div role="tree" aria-label={t("tree")} aria-describedby="tree-help" class="tree" ref={list} onKeyDown={onKey}>
        {shown.map((row) => (
          <Fragment key={row.group}>
            <TreeRow row={row} largest={largest} selected={selected} current={current} focus={focus} />
            {row.after.map((group) => (
              <More key={group} group={group} depth={path(view.value, group).length} />
            ))}
          </Fragment>
        ))}
        <More group={null} depth={0} />
        {!shown.length && <p class="none">{t("empty")}</p>}
      </div>
      {view.value.map && <Legend />}
      <p id="tree-help" class="unseen">
        {t("treeHelp")} {abilities.value.edit && t("editHelp")}
      </p>
    </aside>
  );
}

/** What the tree compares, and what is coloured. */
function changeOf(): string {
  const [a, b] = halfNames(treeHalves.value!);
  return t("treeChangeOf", { a, b });
}
