import { anyFilter } from "../logic/filter";
import { isoOf } from "../logic/time";
import { clearFilters, filters, setDays, toggleValue, view } from "../state";
import { columnName, t, valueName } from "../words";
import { Icon } from "./parts";
import { matchingCount } from "./shares-of";

/** The filters that are on, each with a way out. */
export function FilterChips() {
  const now = filters.value;
  if (!anyFilter(now)) return null;
  const { columns, days, segments } = view.value;
  return (
    <div class="chips" data-test="chips">
      {Object.entries(now.values).map(([name, places]) => {
        const column = columns.find((one) => one.name === name)!;
        return places.map((place) => (
          <Chip name={columnName(name)} value={valueName(column, place)} off={() => toggleValue(name, place)} />
        ));
      })}
      {now.days && days && (
        <Chip name={t("date")} value={`${isoOf(days, now.days[0])} – ${isoOf(days, now.days[1])}`} off={() => setDays(null)} />
      )}
      <button type="button" class="plain" onClick={clearFilters}>
        {t("clearAll")}
      </button>
      <span class="passed" data-test="passed">{t(segments === null ? "conversations" : "touched", { n: matchingCount() })}</span>
    </div>
  );
}

function Chip({ name, value, off }: { name: string; value: string; off: () => void }) {
  return (
    <button type="button" class="chip" onClick={off} aria-label={t("removeFilter", { name: `${name}: ${value}` })}>
      <span>{name}</span> {value} <Icon name="close" />
    </button>
  );
}
