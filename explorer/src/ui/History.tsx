/** What was edited, the latest first, with what is undone or no longer applies; and the hidden groups. */

import { edit, edits, historyOpen, working } from "../editing";
import { told } from "../logic/told";
import { day, reason, t, type Word } from "../words";
import { Icon } from "./parts";

const OPS: Record<string, Word> = {
  rename: "opRename",
  describe: "opDescribe",
  merge: "opMerge",
  split: "opSplit",
  move: "opMove",
  hide: "opHide",
  pin: "opPin",
  note: "opNote",
  colour: "opColour",
  vouch: "opVouch",
  name: "opName",
  audit: "opAudit",
};
const OFF: Record<string, Word> = { hide: "opUnhide", pin: "opUnpin" };

export function History() {
  const found = edits.value;
  return (
    <aside class="history" aria-label={t("history")} data-test="history-pane">
      <h2>
        {t("history")}
        <button type="button" class="close" onClick={() => (historyOpen.value = false)} aria-label={t("cancel")}>
          <Icon name="close" />
        </button>
      </h2>
      {!found?.operations.length && <p class="none">{t("noHistory")}</p>}
      <ol>
        {found?.operations.map((one, place) => (
          <li key={one.id || place} class={one.state === "applied" ? "" : "off"}>
            <b>{one.op && t((one.details.on === false && OFF[one.op]) || OPS[one.op])}</b> {told(one)}
            <small>
              {one.author} {one.at && day(new Date(one.at))}
              {one.state === "undone" && ` · ${t("stateUndone")}`}
            </small>
            {one.state === "no longer applies" && <em>{t("stateGone", { why: reason(one.why, one.said) })}</em>}
            {one.id && (
              <button
                type="button"
                class="plain"
                disabled={working.value}
                onClick={() => void edit({ op: one.state === "undone" ? "redo" : "undo", operation: one.id })}
                data-test="history-undo"
              >
                {t(one.state === "undone" ? "redoThis" : "undoThis")}
              </button>
            )}
          </li>
        ))}
      </ol>
      {!!found?.hidden.length && <h3>{t("hiddenGroups")}</h3>}
      {found?.hidden.map((one) => (
        <p key={one.group} class="hidden-group">
          <span>{one.name}</span>
          <button type="button" disabled={working.value} onClick={() => void edit({ op: "hide", group: one.group, on: false })}>
            {t("showAgain")}
          </button>
        </p>
      ))}
    </aside>
  );
}
