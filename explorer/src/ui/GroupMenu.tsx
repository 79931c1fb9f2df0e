/** The menu of a group, worked by mouse or by keys. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { edit, edits, form, hideGroup, historyOpen, menu, redo, renaming, ticking, undo, type Form } from "../editing";
import { explaining, halves, selectGroup, view } from "../state";
import { t, type Word } from "../words";

/** A word, its key, what it does, and whether it is off. */
type Item = [Word, string, () => unknown, boolean?];

export function GroupMenu({ at }: { at: NonNullable<typeof menu.value> }) {
  const list = useRef<HTMLDivElement>(null);
  const group = view.value.groups[at.group];
  const open = (kind: Form) => () => (form.value = { kind, group: at.group });
  const tick = () => {
    explaining.value = halves.value = null; // the list is among the details
    selectGroup(at.group);
    ticking.value = true;
  };
  const groups: Item[][] = [
    [
      ["opRename", "F2", () => (renaming.value = at.group)],
      ["opName", "", open("name")],
      ["opDescribe", "", open("describe")],
      ["opVouch", "", () => edit({ op: "vouch", group: group.id })],
      ["opAudit", "", open("audit")],
    ],
    [
      ["opMerge", "", open("merge")],
      ["opSplit", "", open("split")],
      ["opMove", "", open("move")],
      ["opMoveConversations", "", tick],
      ["opHide", "Delete", () => hideGroup(at.group)],
    ],
    [
      [group.pinned ? "opUnpin" : "opPin", "", () => edit({ op: "pin", group: group.id, on: !group.pinned })],
      ["opNote", "", open("note")],
      ["opColour", "", open("colour")],
    ],
    [
      ["undoLast", "Ctrl+Z", undo, !edits.value?.undo],
      ["redoLast", "Ctrl+Shift+Z", redo, !edits.value?.redo],
      ["history", "", () => (historyOpen.value = true)],
    ],
  ];
  useLayoutEffect(() => {
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
    const all = [...list.current!.querySelectorAll<HTMLButtonElement>("button:enabled")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    event.stopPropagation();
    if (event.key === "Escape" || event.key === "Tab") close();
    else if (event.key === "Home") all[0].focus();
    else if (event.key === "End") all[all.length - 1].focus();
    else if (step) all[(all.indexOf(document.activeElement as HTMLButtonElement) + step + all.length) % all.length].focus();
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div class="menu-ground" onClick={close} onContextMenu={(event) => (event.preventDefault(), close())} />
      <div role="menu" class="menu" aria-label={t("editGroup")} ref={list} onKeyDown={onKey} data-test="menu">
        {groups.map((items, place) => [
          place > 0 && <hr key={place} />,
          ...items.map(([word, key, act, off]) => (
            <button
              role="menuitem"
              type="button"
              key={word}
              disabled={off}
              data-op={word}
              onClick={() => {
                close();
                act();
              }}
            >
              {t(word)}
              {key && <kbd>{key}</kbd>}
            </button>
          )),
        ])}
      </div>
    </>
  );
}
