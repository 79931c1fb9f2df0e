/** The menu of a group, worked by mouse or by keys. */

import { useEffect, useRef } from "preact/hooks";
import { edit, form, hideGroup, menu, renaming, type Form } from "../editing";
import { view } from "../state";
import { t, type Word } from "../words";

export function GroupMenu({ at }: { at: NonNullable<typeof menu.value> }) {
  const list = useRef<HTMLDivElement>(null);
  const group = view.value.groups[at.group];
  const open = (kind: Form) => () => (form.value = { kind, group: at.group });
  const items: [Word, string, () => unknown][] = [
    ["opRename", "F2", () => (renaming.value = at.group)],
    ["opDescribe", "", open("describe")],
    ["opMerge", "", open("merge")],
    ["opSplit", "", open("split")],
    ["opMove", "", open("move")],
    ["opNote", "", open("note")],
    ["opColour", "", open("colour")],
    [group.pinned ? "opUnpin" : "opPin", "", () => edit({ op: "pin", group: group.id, on: !group.pinned })],
    ["opVouch", "", () => edit({ op: "vouch", group: group.id })],
    ["opHide", "Delete", () => hideGroup(at.group)],
  ];
  useEffect(() => {
    const own = list.current!;
    own.style.left = `${Math.max(4, Math.min(at.x, innerWidth - own.offsetWidth - 8))}px`;
    own.style.top = `${Math.max(4, Math.min(at.y, innerHeight - own.offsetHeight - 8))}px`;
    own.querySelector("button")!.focus();
  }, []);
  const close = () => {
    menu.value = null;
    at.from.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    const all = [...list.current!.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    event.stopPropagation();
    if (event.key === "Escape" || event.key === "Tab") close();
    else if (step) all[(all.indexOf(document.activeElement as HTMLButtonElement) + step + all.length) % all.length].focus();
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div class="menu-ground" onClick={close} onContextMenu={(event) => (event.preventDefault(), close())} />
      <div role="menu" class="menu" aria-label={t("editGroup")} ref={list} onKeyDown={onKey} data-test="menu">
        {items.map(([word, key, act]) => (
          <button
            role="menuitem"
            type="button"
            key={word}
            data-op={word}
            onClick={() => {
              close();
              act();
            }}
          >
            {t(word)}
            {key && <kbd>{key}</kbd>}
          </button>
        ))}
      </div>
    </>
  );
}
