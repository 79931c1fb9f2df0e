/** What the marks of the charts mean, drawn as they are there. */

import { anyEstimated } from "../logic/shares";
import { view } from "../state";
import { points, t } from "../words";

export function Marks({ comparing, reach }: { comparing: boolean; reach: number }) {
  const whisker = !comparing || anyEstimated(view.value);
  return (
    <ul class="marks" aria-label={t("marks")} data-test="marks">
      <li>
        <span class="track sample">
          <i class="fill" />
          {comparing && <i class="rest" />}
          {whisker && <i class="whisker" />}
        </span>
        {t("markBar")}
      </li>
      {comparing && (
        <li>
          <i class="mark tick" />
          {t("markRest")}
        </li>
      )}
      <li>
        <i class="mark line" />
        {comparing ? t("markInterval", { reach: points(reach).replace("+", "±") }) : t("markOwnInterval")}
      </li>
      {comparing && (
        <>
          <li>
            <i class="mark over" />
            {t("markOver")}
          </li>
          <li>
            <i class="mark under" />
            {t("markUnder")}
          </li>
          <li>
            <i class="mark same" />
            {t("markSame")}
          </li>
        </>
      )}
    </ul>
  );
}
