/** What the points' colours mean: a code a row, a colour a code, and a legend that says so. */

import { NO_DAY, type View } from "../data/view";
import type { Numbers } from "../data/container";
import { isSignificant, type Compared } from "./compare";
import { ofEveryRow } from "./filter";
import { DIVERGING, many, NOMINAL, OTHER, ramp, type Theme } from "./palette";
import { figureOf, figuresOf, QUALITY } from "./quality";
import { bins, isoOf } from "./time";

export interface Entry {
  /** A value of a column, a group, or a word for the interface to translate. */
  kind: "value" | "group" | "other" | "unknown" | "text";
  place: number;
  text: string;
  colour: string;
}

export interface Colouring {
  /** Name of what is shown: a column, `level:2`, `date` or `change`. */
  by: string;
  ordered: boolean;
  /** One a row; of a published atlas one a group. Made when it is first read. */
  readonly codes: Uint16Array;
  colours: string[];
  legend: Entry[];
}

/** Names of all there is to colour by, in the order of the menu. */
export function choices(view: View): string[] {
  const levels = view.levels.map((_, level) => `level:${level}`).reverse();
  return [...levels, ...(view.published ? [] : view.columns.map((one) => one.name)), ...(view.day ? ["date"] : []), ...figuresOf(view).map((one) => QUALITY + one)];
}

const STEPS_OF_QUALITY = 9;

/** Conversations by a figure of their base group, from its lowest value to its highest; groups without it are grey. */
function byQuality(view: View, figure: string, theme: Theme): Colouring {
  const of = (group: number) => view.groups[group].quality[figure];
  const values = view.groups.filter((one) => !one.children.length && of(one.index) !== undefined).map((one) => of(one.index));
  const [low, high] = values.length ? [Math.min(...values), Math.max(...values)] : [0, 1];
  const palette = ramp(theme, STEPS_OF_QUALITY);
  const codeOf = (group: number) =>
    of(group) === undefined ? STEPS_OF_QUALITY : Math.max(0, Math.min(STEPS_OF_QUALITY - 1, Math.floor(((of(group) - low) / (high - low || 1)) * STEPS_OF_QUALITY)));
  const text = (value: number, place: number): Entry => ({ kind: "text", place, text: String(value), colour: palette[place] });
  return { by: QUALITY + figure, ordered: true, codes: spread(view, codeOf), colours: [...palette, OTHER[theme]], legend: [text(low, 0), text(high, STEPS_OF_QUALITY - 1)] };
}

export function colouring(view: View, by: string, theme: Theme, compared: Compared | null): Colouring {
  if (by === "change" && compared) return byChange(view, theme, compared);
  if (by === "date" && view.day && view.days) return byDate(view, theme);
  const figure = figureOf(by);
  if (figure !== null) return byQuality(view, figure, theme);
  if (by.startsWith("level:")) return byLevel(view, Number(by.slice(6)), theme);
  return byColumn(view, by, theme) ?? byLevel(view, view.levels.length - 1, theme);
}

/** The group of every row at a level; where the tree is shallower there, the nearest group below it. */
export function groupsAt(view: View, level: number): Uint32Array {
  return Uint32Array.from(view.groups, (group) => {
    let found = group.index;
    for (let above = group.parent; above !== null && view.groups[above].level <= level; above = view.groups[above].parent) found = above;
    return found;
  });
}

/** A colouring whose codes are made when the map needs them. */
function withCodes(rest: Omit<Colouring, "codes">, make: () => Uint16Array): Colouring {
  let made: Uint16Array | null = null;
  return {
    ...rest,
    get codes() {
      return (made ??= make());
    },
  };
}

function spread(view: View, codeOf: (group: number) => number): Uint16Array {
  const table = Uint16Array.from(view.groups, (one) => codeOf(one.index));
  return view.published ? table : translate(ofEveryRow(view, view.group), table);
}

/** For each place its code. */
function translate(places: Numbers, codeOf: Uint16Array): Uint16Array {
  const codes = new Uint16Array(places.length);
  for (let row = 0; row < places.length; row++) codes[row] = codeOf[places[row]];
  return codes;
}

function byLevel(view: View, level: number, theme: Theme): Colouring {
  const at = groupsAt(view, level);
  const shown = [...new Set(at)].filter((one) => view.groups[one].level <= level);
  shown.sort((a, b) => view.groups[b].count - view.groups[a].count || a - b);
  const place = new Map(shown.map((group, index) => [group, index]));
  const colours = many(theme, shown.length);
  const legend = shown.map((group, index): Entry => ({ kind: "group", place: group, text: "", colour: colours[index] }));
  return withCodes({ by: `level:${level}`, ordered: false, colours, legend }, () => spread(view, (group) => place.get(at[group]) ?? 0));
}

function byColumn(view: View, name: string, theme: Theme): Colouring | null {
  const column = view.columns.find((one) => one.name === name);
  if (!column || view.published) return null;
  const width = column.values.length;
  const legend: Entry[] = [];
  const colours: string[] = [];
  const codeOf = new Uint16Array(width + 1);
  const ordered = column.kind === "ordinal";
  const palette = ordered ? ramp(theme, Math.max(2, width)) : NOMINAL[theme];
  for (let value = 0; value < width; value++) {
    const own = column.values[value] !== null && (ordered || value < palette.length);
    if (!own) continue;
    codeOf[value] = colours.push(palette[value]) - 1;
    legend.push({ kind: "value", place: value, text: "", colour: palette[value] });
  }
  const other = colours.push(OTHER[theme]) - 1;
  for (let value = 0; value <= width; value++) if (!legend.some((one) => one.place === value)) codeOf[value] = other;
  if (width > legend.length) legend.push({ kind: "other", place: -1, text: "", colour: OTHER[theme] });
  if (column.sums ? column.sums.counts[width] > 0 : column.data.includes(width)) {
    legend.push({ kind: "unknown", place: width, text: "", colour: OTHER[theme] });
  }
  return withCodes({ by: name, ordered, colours, legend }, () => translate(ofEveryRow(view, column.data), codeOf));
}

function byDate(view: View, theme: Theme): Colouring {
  const made = bins(view.days!, 12);
  const palette = ramp(theme, Math.max(2, made.starts.length));
  const colours = [...palette, OTHER[theme]];
  const codeOf = new Uint16Array(NO_DAY + 1).fill(colours.length - 1);
  codeOf.set(made.of);
  const legend: Entry[] = made.starts.map((day, index) => ({
    kind: "text",
    place: day,
    text: isoOf(view.days!, day),
    colour: palette[index],
  }));
  return withCodes({ by: "date", ordered: true, colours, legend }, () => translate(ofEveryRow(view, view.day!), codeOf));
}

/** How strong a significant change is drawn: by |B - A| / (A + B) of the two shares. */
const STEPS = [0.08, 0.22];

/** Groups that changed significantly, by how much; the others neutral. */
function byChange(view: View, theme: Theme, compared: Compared): Colouring {
  const colours = DIVERGING[theme];
  const neutral = (colours.length - 1) / 2;
  const level = compared.changes.length ? Math.max(...compared.changes.map((one) => view.groups[one.group].level)) : 0;
  const at = groupsAt(view, level);
  const codeOf = new Map<number, number>();
  for (const one of compared.changes) {
    const relative = Math.abs(one.difference) / Math.max(one.shareA + one.shareB, 1e-12);
    const strength = !isSignificant(one) ? 0 : 1 + STEPS.filter((limit) => relative >= limit).length;
    codeOf.set(one.group, neutral + Math.sign(one.difference) * strength);
  }
  const legend: Entry[] = [
    { kind: "text", place: 0, text: "shrank", colour: colours[0] },
    { kind: "text", place: 1, text: "unchanged", colour: colours[neutral] },
    { kind: "text", place: 2, text: "grew", colour: colours[colours.length - 1] },
  ];
  return withCodes({ by: "change", ordered: true, colours, legend }, () => spread(view, (group) => codeOf.get(at[group]) ?? neutral));
}
