/** All of editing that floats above the page: the menu, the forms, the history, and why something was not done. */

import { useEffect } from "preact/hooks";
import { loadEdits } from "../data/load";
import type { Refusal } from "../data/refusal";
import { edit, edits, form, historyOpen, menu, onKey, problem, working } from "../editing";
import { refusal, t } from "../words";
import { EditForm } from "./EditForm";
import { GroupMenu } from "./GroupMenu";
import { History } from "./History";

const CAN_VOUCH = ["rename", "describe", "merge"];

/** Whether something was refused only because too few people wrote it. */
function vouchable(why: Refusal): boolean {
  const inner = why.said?.fields.why;
  return typeof inner === "object" && inner.key === "unsupported";
}

export function Editing() {
  useEffect(() => {
    void loadEdits().then((found) => (edits.value = found));
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <div class="editing">
      {menu.value && <GroupMenu key={`${menu.value.group} ${menu.value.x} ${menu.value.y}`} at={menu.value} />}
      {form.value && <EditForm key={`${form.value.kind} ${form.value.group}`} kind={form.value.kind} group={form.value.group} rows={form.value.rows} />}
      {historyOpen.value && <History />}
      {working.value && <p class="toast">{t("working")}</p>}
      {problem.value && <Problem />}
    </div>
  );
}

function Problem() {
  const { why, operation } = problem.value!;
  return (
    <div class="toast problem" role="alert" data-test="problem">
      <span>{refusal(why)}</span>
      {CAN_VOUCH.includes(operation.op) && !operation.vouch && vouchable(why) && (
        <button type="button" onClick={() => void edit({ ...operation, vouch: true })} data-test="vouch-again">
          {t("vouchAgain")}
        </button>
      )}
      <button type="button" onClick={() => (problem.value = null)}>
        {t("cancel")}
      </button>
    </div>
  );
}
