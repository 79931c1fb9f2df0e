/** What an edit needs to know beside its group. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { edit, form, type Form, type Operation } from "../editing";
import { abilities, view } from "../state";
import { t, type Word } from "../words";
import { Audit, Colour, Describe, Merge, Move, MoveConversations, Name, Note, Split } from "./EditFields";
import { groupName } from "./parts";

const TITLES: Record<Form, Word> = {
  merge: "mergeWith",
  split: "splitGroup",
  move: "moveGroup",
  describe: "describeGroup",
  note: "noteGroup",
  colour: "colourGroup",
  name: "nameGroup",
  audit: "opAudit",
  move_conversations: "moveConversations",
};
const FIELDS = {
  merge: Merge,
  split: Split,
  move: Move,
  describe: Describe,
  note: Note,
  colour: Colour,
  name: Name,
  audit: Audit,
  move_conversations: MoveConversations,
};
const OF_NO_GROUP: Form[] = ["merge", "audit", "move_conversations"]; // operations without a field `group`

export function EditForm({ kind, group, rows = [] }: { kind: Form; group: number | null; rows?: number[] }) {
  const box = useRef<HTMLDialogElement>(null);
  const [fields, set] = useState<Record<string, unknown> | null>(null);
  useLayoutEffect(() => box.current!.showModal(), []); // before the next paint: a key pressed at once goes to the form
  const close = () => (form.value = null);
  const send = (event: Event) => {
    event.preventDefault();
    if (!fields) return;
    const own = OF_NO_GROUP.includes(kind) || group === null ? {} : { group: view.value.groups[group].id };
    const operation: Operation = { op: kind, ...own, ...fields };
    close();
    void edit(operation);
  };
  const Inner = FIELDS[kind];
  const can = fields !== null && (kind !== "audit" || abilities.value.model);
  return (
    <dialog ref={box} class="form" onClose={close} onKeyDown={(event) => event.stopPropagation()} data-test="form">
      <form onSubmit={send}>
        <h3>{t(TITLES[kind], { name: group === null ? "" : groupName(group), n: rows.length })}</h3>
        <Inner group={group ?? -1} rows={rows} set={set} />
        <p class="buttons">
          <button type="button" onClick={close}>
            {t("cancel")}
          </button>
          <button type="submit" class="main" disabled={!can} data-test="save">
            {t(kind === "name" || kind === "audit" ? "doIt" : kind === "move" || kind === "move_conversations" ? "opMove" : "save")}
          </button>
        </p>
      </form>
    </dialog>
  );
}
