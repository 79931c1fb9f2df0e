/** A group out of many: a field that narrows the list, and the list. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { found } from "../logic/moves";
import { view } from "../state";
import { number, t } from "../words";
import { groupName } from "./parts";

const TOP = ""; // in place of the id of a group: the top of the tree

interface PickerProps {
  groups: number[];
  /** Whether the top of the tree may be chosen too. */
  top: boolean;
  /** Takes the id of the group, null for the top. It is not called while nothing is chosen. */
  choose: (group: string | null) => void;
}

export function GroupPicker({ groups, top, choose }: PickerProps) {
  const [text, setText] = useState("");
  const list = useRef<HTMLSelectElement>(null);
  const shown = found(view.value, groups, text, groupName);
  const ids = [...(top && !text.trim() ? [TOP] : []), ...shown.map((one) => view.value.groups[one].id)];
  const [at, setAt] = useState(ids[0]);
  const now = ids.includes(at) ? at : ids[0];
  useLayoutEffect(() => {
    if (now !== undefined) choose(now === TOP ? null : now);
  }, [now]);
  const above = (one: number) => {
    const { parent } = view.value.groups[one];
    return parent === null ? "" : ` — ${groupName(parent)}`;
  };
  return (
    <>
      <input
        type="search"
        autofocus
        value={text}
        placeholder={t("findGroup")}
        aria-label={t("findGroup")}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          list.current?.focus();
        }}
        data-test="find-group"
      />
      <select size={8} required ref={list} value={now} onChange={(event) => setAt(event.currentTarget.value)} aria-label={t("group")} data-test="target">
        {ids.includes(TOP) && <option value={TOP}>{t("toTop")}</option>}
        {shown.map((one) => (
          <option key={one} value={view.value.groups[one].id} title={`${groupName(one)}${above(one)}`}>
            {groupName(one)} ({number(view.value.groups[one].count)}){above(one)}
          </option>
        ))}
      </select>
      {!ids.length && <p class="none">{t("nothingFound")}</p>}
    </>
  );
}
