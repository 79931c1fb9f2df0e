/** What is on the screen: a few signals that the reader sets, and all that follows from them. */

import { batch, computed, effect, signal } from "@preact/signals";
import type { Abilities } from "./data/load";
import { Refusal } from "./data/refusal";
import type { View } from "./data/view";
import { makeGate } from "./gate";
import { FIRST_EARLIER, fromHash, NOTHING, toHash, type Shown } from "./logic/address";
import { choices, colouring } from "./logic/colouring";
import { compare, type Change, usualHalves as firstHalves } from "./logic/compare";
import { explain, usualQuestion as firstQuestion } from "./logic/explain";
import { anyFilter, NO_FILTERS, passing, toggle } from "./logic/filter";
import { inside } from "./logic/lasso";
import { CORE, drawnFrom, needs, toldOfRows } from "./logic/needs";
import type { Theme } from "./logic/palette";
import { FIRST_TABLE } from "./logic/table-address";
import { groupCounts, groupMasses, groupRows, totals } from "./logic/tally";
import { refusal, t, tongue, type Tongue } from "./words";

export const view = signal<View>(null as unknown as View);
export const abilities = signal<Abilities>({ meaning: false, traces: false, edit: false, model: false, report: false, records: false });

/** What the reader chose: a region, filters, colours, two halves, a change to explain. It is shown as soon as the arrays
 * that it is counted from are here. */
const { camera: _, ...nothing } = NOTHING;
const chosenState = makeGate<Omit<Shown, "camera">>(
  nothing,
  (wanted) => view.peek().arrays.missing(needs(view.peek(), wanted)),
  (names) => view.peek().arrays.need(names),
  (error) => (notice.value = error instanceof Refusal ? refusal(error) : String(error)),
);
export const { region, filters, colour, sort, halves, level, explaining, earlier, table } = chosenState.signals;
export const reading = chosenState.waiting;
export const camera = signal<Shown["camera"]>(null);
export const theme = signal<Theme>("light");
/** A sentence for everyone, screen readers too. */
export const notice = signal("");
/** The row under the pointer; of a published atlas the group. */
export const hovered = signal(-1);
/** The group under the pointer in the tree, shown on the map. */
export const pointed = signal<number | null>(null);

/** The rows that hold the words of a question, 1 each; see finding.ts. */
export const found = signal<{ question: string; view: View; rows: Uint8Array } | null>(null);
/** The facet that a sentence above told of: it is scrolled into sight. */
export const lookAt = signal<string | null>(null);

export const pass = computed(() => passing(view.value, filters.value));
export const counts = computed(() => groupCounts(view.value, pass.value, filters.value));
/** What the shares of groups are counted by; of whole conversations the same. */
export const masses = computed(() => (view.value.segments === null ? counts.value : groupMasses(view.value, pass.value, filters.value)));

/** The rows of the selection; null without one. */
export const chosen = computed(() => {
  const at = region.value;
  if (!at || view.value.published) return null;
  if (at.kind === "found") return found.value?.question === at.question && found.value.view === view.value ? found.value.rows : new Uint8Array(view.value.rows);
  return at.kind === "group" ? groupRows(view.value, at.group) : inside(at.polygon, view.value.x, view.value.y);
});

export const passed = computed(() => totals(view.value, pass.value, null));
export const selected = computed(() => (chosen.value ? totals(view.value, pass.value, chosen.value) : passed.value));

/** What the shares of groups are parts of: all that matches the filters; of a published atlas as far as it tells. */
export const matching = computed(() => {
  if (!view.value.published) return passed.value.mass;
  if (!anyFilter(filters.value)) return view.value.total;
  return view.value.roots.reduce((sum, root) => sum + masses.value[root], 0);
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

export const usualHalves = computed(() => firstHalves(view.value));

/** Reads arrays that something on the screen shows as soon as they are here. */
export function want(names: string[]): void {
  view.peek().arrays.need(names.filter((name) => view.peek().arrays.knows(name))).catch((error: unknown) => {
    notice.value = error instanceof Refusal ? refusal(error) : String(error);
  });
}

export function selectGroup(group: number | null): void {
  region.value = group === null ? null : { kind: "group", group };
}

export function toggleValue(column: string, place: number): void {
  const alone = view.value.published;
  if (alone && anyFilter(filters.wanted) && !(column in filters.wanted.values)) notice.value = t("oneAtATime");
  filters.value = toggle(filters.wanted, column, place, alone);
}

export function setDays(days: [number, number] | null): void {
  filters.value = { ...filters.wanted, days };
}

export function clearFilters(): void {
  filters.value = NO_FILTERS;
}

function shown(): Shown {
  void [region.value, filters.value, colour.value, sort.value, halves.value, level.value, explaining.value, earlier.value, table.value];
  return { ...chosenState.wanted(), camera: camera.value };
}

/** What an address says, as far as this page can show it: only a server compares with an earlier atlas. */
function shownBy(of: View, hash: string): Shown {
  const next = fromHash(of, hash);
  return abilities.peek().comparison ? next : { ...next, earlier: null };
}

/** Shows what an address says, whose arrays are here. */
function force({ camera: at, ...next }: Shown): void {
  batch(() => {
    chosenState.force(next);
    camera.value = at;
  });
}

/** Done when a view can be shown as an address says. Fails with a Refusal. */
export async function ready(next: View, hash: string): Promise<void> {
  await next.arrays.need(needs(next, fromHash(next, hash)));
}

/** What is on the screen, for an address. */
export function hashNow(): string {
  return toHash(view.value, shown());
}

/** An address as this atlas would write it. */
export function addressOf(hash: string): string {
  return toHash(view.value, shownBy(view.value, hash));
}

/** Counts the addresses that the reader went to, by the back button or otherwise: the map looks where they say. */
export const travelled = signal(0);

/** What is selected, filtered, coloured, compared or open, without what changes in passing: where the map looks, how the
 * tree is sorted, and what an open table or comparison shows. */
function placeOf(hash: string): string {
  const next = shownBy(view.value, hash);
  return toHash(view.value, { ...next, camera: null, sort: "size", table: next.table && FIRST_TABLE, earlier: next.earlier && FIRST_EARLIER });
}

/** Takes the state from the address, and keeps the address in step with it from then on. */
export function start(loaded: View, can: Abilities): void {
  batch(() => {
    view.value = loaded;
    abilities.value = can;
    force(shownBy(loaded, location.hash));
  });
  effect(() => {
    const names = drawnFrom(view.value, colourBy.value);
    const { arrays } = view.value;
    // The map first; then what any click needs, while the reader looks at the map.
    void arrays.need(names).then(() => want(CORE), () => want(names));
  });
  effect(() => {
    if (hovered.value >= 0) want(toldOfRows(view.value));
  });
  let written = location.hash;
  let place = placeOf(location.hash);
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    if (view.value.embedded) return; // the address is that of the notebook
    const hash = toHash(view.value, shown());
    if (hash === written.replace(/^#/, "")) return;
    const next = placeOf(hash);
    const address = hash ? `#${hash}` : location.pathname + location.search;
    // The back button goes through what was looked at, not through every drag of the map.
    if (next === place) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    [written, place] = [hash, next];
  };
  effect(() => {
    shown();
    clearTimeout(waiting);
    waiting = setTimeout(write, 150); // a drag of the map is one change, not a hundred
  });
  addEventListener("hashchange", () => {
    if (location.hash.replace(/^#/, "") === written.replace(/^#/, "")) return;
    clearTimeout(waiting);
    written = location.hash;
    place = placeOf(location.hash);
    const { camera: at, ...next } = shownBy(view.value, location.hash);
    batch(() => {
      chosenState.set(next);
      camera.value = at;
      travelled.value++;
    });
  });
}

/** Counts the views of this page: its panes are drawn anew for each. */
export const edition = signal(0);

/** Takes another view of the same atlas, and shows what an address says as far as it is there. */
export function replaceView(next: View, hash: string, select: string | null): void {
  batch(() => {
    view.value = next;
    pointed.value = null;
    hovered.value = -1;
    force(shownBy(next, hash));
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
