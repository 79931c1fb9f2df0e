/** Which conversations shares are parts of, in words: they stand beside the numbers. */

import { anyFilter } from "../logic/filter";
import { filters, matching, passed, region, selected, sort, view } from "../state";
import { t } from "../words";

/** Of the shares of facets: the conversations that are selected. */
export function sharesOf(): string {
  const at = region.value;
  const { published, groups, total } = view.value;
  if (published) {
    const own = at?.kind === "group" ? t("sharesOfGroup", { n: groups[at.group].count }) : t("sharesOfAll", { n: total });
    return anyFilter(filters.value) ? `${own} ${t("sharesUnfiltered")}` : own;
  }
  const n = selected.value.count;
  const kind = at === null ? "All" : at.kind === "group" ? "Group" : at.kind === "lasso" ? "Lasso" : "Found";
  return anyFilter(filters.value) ? t(at === null ? "sharesOfMatching" : `sharesOf${kind as "Group" | "Lasso" | "Found"}Matching`, { n }) : t(`sharesOf${kind}`, { n });
}

/** Of the shares of groups, in the tree and at the top of the panel. */
export function groupSharesOf(): string {
  if (sort.value === "share") return t("groupSharesOfGroup");
  return anyFilter(filters.value) ? t("groupSharesOfMatching", { n: matchingCount() }) : t("groupSharesOfAll", { n: view.value.total });
}

/** How many conversations match the filters; of a published atlas, as far as it tells. */
export function matchingCount(): number {
  return view.value.published ? matching.value : passed.value.count;
}
