/** What is on the screen: a few signals that the reader sets, and all that follows from them. */

import { batch, computed, effect, signal } from "@preact/signals";
import type { Abilities } from "./data/load";
import type { View } from "./data/view";
import { fromHash, toHash, type Region, type Shown, type Sort } from "./logic/address";
import { choices, colouring } from "./logic/colouring";
import { compare, type Change, type Halves } from "./logic/compare";
import { explain, usualQuestion as firstQuestion, type Question } from "./logic/explain";
import { anyFilter, NO_FILTERS, passing, toggle, type Filters } from "./logic/filter";
import { inside } from "./logic/lasso";
import type { Theme } from "./logic/palette";
import { groupCounts, groupHefts, groupRows, totals } from "./logic/tally";
import { medianDay } from "./logic/time";
import { t, tongue, type Tongue } from "./words";

export const view = signal<View>(null as unknown as View);
export const abilities = signal<Abilities>({ meaning: false, traces: false, edit: false, model: false, report: false });

export const region = signal<Region>(null);
export const filters = signal<Filters>(NO_FILTERS);
export const colour = signal<string | null>(null);
export const sort = signal<Sort>("size");
export const halves = signal<Halves | null>(null);
export const level = signal<number | null>(null);
/** The change that is being explained; null while none is. */
export const explaining = signal<Question | null>(null);
export const camera = signal<Shown["camera"]>(null);
export const theme = signal<Theme>("light");
/** A sentence for everyone, screen readers too. */
export const notice = signal("");
/** The row under the pointer; of a published atlas the group. */
export const hovered = signal(-1);
/** The group under the pointer in the tree, shown on the map. */
export const pointed = signal<number | null>(null);

export const pass = computed(() => passing(view.value, filters.value));
export const counts = computed(() => groupCounts(view.value, pass.value, filters.value));
/** What the shares of groups are counted by; of whole conversations the same. */
export const hefts = computed(() => (view.value.segments === null ? counts.value : groupHefts(view.value, pass.value, filters.value)));

/** The rows of the selection; null without one. */
export const chosen = computed(() => {
  const at = region.value;
  if (!at || view.value.published) return null;
  return at.kind === "group" ? groupRows(view.value, at.group) : inside(at.polygon, view.value.x, view.value.y);
});

export const selected = computed(() => totals(view.value, pass.value, chosen.value));
export const passed = computed(() => totals(view.value, pass.value, null));

/** What the shares of groups are parts of: all that matches the filters; of a published atlas as far as it tells. */
export const matching = computed(() => {
  if (!view.value.published) return passed.value.heft;
  if (!anyFilter(filters.value)) return view.value.total;
  return view.value.roots.reduce((sum, root) => sum + hefts.value[root], 0);
});

export const compareLevel = computed(() => level.value ?? view.value.levels.length - 1);
export const compared = computed(() => halves.value && compare(view.value, pass.value, halves.value, compareLevel.value));

export const explained = computed(() => explaining.value && explain(view.value, pass.value, explaining.value));
export const usualQuestion = computed(() => firstQuestion(view.value));

/** What the tree compares: the halves on the screen, or the usual ones. */
export const treeHalves = computed(() => halves.value ?? usualHalves.value);

/** Changes of all groups, for the tree; each is tested among the groups of its level, as where levels are compared. */
export const changes = computed(() => {
  const by = treeHalves.value;
  if (!by) return null;
  const found = new Map<number, Change>();
  const all = view.value.levels.map((_, one) => compare(view.value, pass.value, by, one).changes);
  for (const one of [...all, compared.value?.changes ?? []].flat()) found.set(one.group, one);
  return found;
});

export const colourBy = computed(() => {
  if (colour.value === "change" ? halves.value : colour.value && choices(view.value).includes(colour.value)) return colour.value!;
  return halves.value ? "change" : `level:${view.value.levels.length - 1}`;
});
export const coloured = computed(() => colouring(view.value, colourBy.value, theme.value, compared.value));

export const usualHalves = computed(() => defaultHalves(view.value));

/** Before and after the median date, or the two most frequent values of the first facet that has two. */
function defaultHalves(of: View): Halves | null {
  if (of.days && of.days.last > 0) return { by: "day", day: medianDay(of) };
  const column = of.columns.find((one) => one.values.length > 1);
  return column ? { by: "value", column: column.name, a: 0, b: 1 } : null;
}

export function selectGroup(group: number | null): void {
  region.value = group === null ? null : { kind: "group", group };
}

export function toggleValue(column: string, place: number): void {
  const alone = view.value.published;
  if (alone && anyFilter(filters.value) && !(column in filters.value.values)) notice.value = t("oneAtATime");
  filters.value = toggle(filters.value, column, place, alone);
}

export function setDays(days: [number, number] | null): void {
  filters.value = { ...filters.value, days };
}

export function clearFilters(): void {
  filters.value = NO_FILTERS;
}

function shown(): Shown {
  return {
    region: region.value,
    filters: filters.value,
    colour: colour.value,
    sort: sort.value,
    halves: halves.value,
    level: level.value,
    explaining: explaining.value,
    camera: camera.value,
  };
}

function show(next: Shown): void {
  batch(() => {
    region.value = next.region;
    filters.value = next.filters;
    colour.value = next.colour;
    sort.value = next.sort;
    halves.value = next.halves;
    level.value = next.level;
    explaining.value = next.explaining;
    camera.value = next.camera;
  });
}

/** Takes the state from the address, and keeps the address in step with it from then on. */
export function start(loaded: View, can: Abilities): void {
  batch(() => {
    view.value = loaded;
    abilities.value = can;
    show(fromHash(loaded, location.hash));
  });
  let written = location.hash;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    const hash = toHash(view.value, shown());
    if (hash === written.replace(/^#/, "")) return;
    written = hash;
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  };
  effect(() => {
    shown();
    clearTimeout(waiting);
    waiting = setTimeout(write, 150); // a drag of the map is one change, not a hundred
  });
  addEventListener("hashchange", () => {
    if (location.hash.replace(/^#/, "") === written.replace(/^#/, "")) return;
    written = location.hash;
    show(fromHash(view.value, location.hash));
  });
}

/** Counts the views of this page: its panes are drawn anew for each. */
export const edition = signal(0);

/** Takes another view of the same atlas, and keeps what is selected as far as it is there. */
export function replaceView(next: View, select: string | null): void {
  const hash = toHash(view.value, shown());
  batch(() => {
    view.value = next;
    pointed.value = null;
    hovered.value = -1;
    show(fromHash(next, hash));
    const made = next.groups.find((one) => one.id === select);
    if (made) selectGroup(made.index);
    edition.value++;
  });
}

/** Language and theme are the reader's own: kept by the browser where it lets us, not in the address. */
export function startTaste(): void {
  const kept = (name: string) => {
    try {
      return localStorage.getItem(`clioscope.${name}`);
    } catch {
      return null;
    }
  };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  theme.value = (kept("theme") as Theme | null) ?? (dark.matches ? "dark" : "light");
  tongue.value = (kept("language") as Tongue | null) ?? (navigator.language.startsWith("ru") ? "ru" : "en");
  dark.addEventListener("change", () => {
    if (!kept("theme")) theme.value = dark.matches ? "dark" : "light";
  });
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
    document.documentElement.lang = tongue.value;
  });
}

export function keepTaste(name: "theme" | "language", value: string): void {
  try {
    localStorage.setItem(`clioscope.${name}`, value);
  } catch {
    // A page from disk may have no storage; then the choice lasts as long as the page.
  }
  if (name === "theme") theme.value = value as Theme;
  else tongue.value = value as Tongue;
}
