import { useLayoutEffect, useRef } from "preact/hooks";
import { dayOfRow, path } from "../data/view";
import { placeNear } from "../logic/placing";
import { dateOf } from "../logic/time";
import { counts, hovered, view } from "../state";
import { columnName, day, t, valueName } from "../words";
import { groupName, topColour } from "./parts";

/** What is known of a point, beside it and inside the map. `at`: the point in the map, in pixels. */
export function Tooltip({ at }: { at: [number, number] }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const own = box.current;
    const map = own?.offsetParent;
    if (!own || !map) return;
    const [left, top] = placeNear(at, [own.offsetWidth, own.offsetHeight], [map.clientWidth, map.clientHeight]);
    own.style.left = `${Math.round(left)}px`; // a number alone is no length
    own.style.top = `${Math.round(top)}px`;
  });
  const { published, group, groups, columns, texts, days } = view.value;
  const row = hovered.value;
  const mine = published ? row : group[row];
  if (groups[mine] === undefined) return null;
  const names = path(view.value, mine);
  const lines = published ? [] : texts.map((one) => one.at(row)).filter(Boolean);
  const longest = lines.reduce((best, one) => (one.length > best.length ? one : best), "");
  return (
    <div class="tooltip" ref={box} data-test="tooltip">
      {names.length > 1 && <p class="above">{names.slice(0, -1).map(groupName).join(" › ")}</p>}
      <p class="name">
        <i class="dot" style={{ background: topColour(mine) }} />
        {groupName(mine)}
      </p>
      {published && <p>{t("conversations", { n: counts.value[mine] })}</p>}
      {longest && <p class="said">{longest}</p>}
      {!published && (
        <dl>
          {columns
            .filter((column) => column.type !== "hour" && column.name !== "confidence" && column.data[row] < column.values.length)
            .slice(0, 6)
            .map((column) => (
              <div key={column.name}>
                <dt>{columnName(column.name)}</dt>
                <dd>{valueName(column, column.data[row])}</dd>
              </div>
            ))}
          {days && dayOfRow(view.value, row) !== null && (
            <div>
              <dt>{t("date")}</dt>
              <dd>{day(dateOf(days, dayOfRow(view.value, row)!))}</dd>
            </div>
          )}
        </dl>
      )}
    </div>
  );
}
