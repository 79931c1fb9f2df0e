/** An atlas as the page knows it (src/clioscope/explorer/view.py). */

import { Arrays, type Place, type Reader } from "./arrays";
import type { Guarantee } from "./guarantee";
import { KINDS, unpack, type Numbers } from "./container";
import type { Read } from "./read";
import type { ColumnSums, Sums } from "./sums";
import { Text } from "./text";
import type { SavedView } from "./views";
import type { Thing } from "./thing";

export const VIEW_VERSION = 1;
export const NO_DAY = 65_535;

export interface Group {
  index: number;
  id: string;
  level: number;
  parent: number | null;
  children: number[];
  /** The group at the top that this one belongs to. */
  top: number;
  /** null: withheld by the auditor. */
  name: string | null;
  description: string;
  phrases: string[];
  /** Its conversations have too little in common for a name; the name says so. */
  mixed: boolean;
  /** Whether it gathers what fits no other group. */
  none?: boolean;
  /** Whether an update gathered it of conversations that fit no group. */
  candidate?: boolean;
  count: number;
  /** Of a published atlas: how many are in no group below that is shown. */
  withheld?: number;
  /** Of segments: its share of all, as a number of conversations; `count` are those that touch it. */
  weight?: number;
  distinct: number | null;
  users: number | null;
  anonymous: number | null;
  verdict: string;
  score: number | null;
  quality: Record<string, number>;
  near: number[];
  /** How much of its conversations was read; null where the atlas does not tell. */
  read: Read | null;
  /** What the analyst gave: a note, a colour, and that it keeps its name in later builds. */
  note?: string;
  colour?: string;
  pinned?: boolean;
  x?: number;
  y?: number;
  spread?: number;
}

export interface Column {
  name: string;
  kind: "nominal" | "ordinal";
  type: string;
  /** A last value of null gathers the rarer ones. */
  values: (string | null)[];
  /** One a row, places in `values`, `values.length` for not known; or, published, groups × values counts. Empty until
   * it is `here`. */
  data: Numbers;
  /** Whether `data` has been read. */
  here: boolean;
  /** What its arrays are called. */
  names: { data: string; shares?: string; sure?: string; numbers?: string };
  /** Counts over all rows, so that these need not be read for them. */
  sums?: ColumnSums;
  /** Estimated shares: (groups + 1) × values × share, low and high in ten-thousandths; the whole atlas stands last. */
  shares?: Numbers;
  /** For each group, and last the whole atlas: of how many conversations a value was said, and inferred. */
  told?: number[][];
  /** One a row: the probability of an inferred value in percent, 0 for one that was said. */
  sure?: Numbers;
  /** One a row: the number itself, NaN where it is not known or inferred. */
  numbers?: Numbers;
  /** A model was asked about some conversations only, so that the others have inferred values or none. */
  partly?: boolean;
  /** Of a published atlas: null and what is not known are what is withheld, unknown or other. */
  withheld: boolean;
}

export interface Days {
  /** ISO date of day 0. */
  start: string;
  last: number;
}

export interface View {
  title: string;
  clioscope: string;
  finished: string | null;
  published: boolean;
  /** Whether a page around this one may be told which rows are chosen. */
  embedded: boolean;
  models: { chat: unknown; embedder: string };
  counts: Record<string, number>;
  rows: number;
  /** How many conversations there are, copies too. */
  total: number;
  /** How many segments the conversations are cut into, so that a row is a segment; null where they are whole,
   * and in a published atlas. */
  segments: number | null;
  /** Whether a published atlas counts each conversation in the group of its longest segment. */
  longest: boolean;
  groups: Group[];
  /** Levels from the base (0) to the top: the groups of each, largest first, mixed ones last. */
  levels: number[][];
  roots: number[];
  columns: Column[];
  days: Days | null;
  map: boolean;
  /** How many conversations of a published atlas are in no group that is shown. */
  withheld: number;
  /** How a published atlas counted conversations without a user id; null where every one has an id. */
  counted: "each" | "rest" | "together" | null;
  /** Saved views that were exported with the page; the served page asks for them. */
  saved: SavedView[];
  /** What a release with a guarantee promises to every person; null for any other atlas. */
  guarantee: Guarantee | null;
  sums: Sums | null;
  /** What the arrays below, and those of columns, are read from. Until an array is here, its field is empty. */
  arrays: Arrays;
  x: Float32Array;
  y: Float32Array;
  group: Numbers;
  /** How often each conversation occurs; null: once each. */
  weight: Numbers | null;
  /** What each row weighs in shares: how often it occurs, and of a segment this times its part; null: 1 each. */
  mass: Numbers | Float64Array | null;
  /** A number of the whole conversation per row, and the rows in the order of these; null where a row is whole. */
  whole: Numbers | null;
  order: Uint32Array | null;
  day: Numbers | null;
  user: Numbers | null;
  texts: Text[];
  /** The ids of the records of each row, with tabs between them: only where the page is served. */
  records: Text | null;
  knows: Thing[];
}

/** A column as it comes: the names of its arrays in place of them. */
type Packed = Omit<Column, "data" | "shares" | "sure" | "numbers" | "withheld"> & { array: string; shares?: string; sure?: string; numbers?: string };

const NOTHING = new Uint8Array(0);

/** Reads a view that holds all its arrays. Throws a sentence for the reader when it is of another version or broken. */
export function readView(bytes: ArrayBuffer): View {
  const { header, arrays } = unpack(bytes);
  return makeView(header, new Arrays(arrays));
}

/** Reads the head of a view, whose arrays are read from the server when something needs them. */
export function openView(bytes: ArrayBuffer, read: Reader): View {
  const { header } = unpack(bytes);
  const files = Object.entries((header.files ?? {}) as Record<string, [keyof typeof KINDS, number | null, string]>);
  const places = Object.fromEntries(files.map(([name, [kind, length, file]]): [string, Place] => [name, [KINDS[kind], length, file]]));
  return makeView(header, new Arrays({}, places, read));
}

function makeView(header: Record<string, unknown>, arrays: Arrays): View {
  if (header.format !== "clioscope-view" || header.version !== VIEW_VERSION) {
    throw new Error(`This page reads views of version ${VIEW_VERSION}, not ${String(header.version)}; export the atlas again.`);
  }
  const groups = (header.groups as Group[]).map((group, index) => ({ ...group, mixed: group.mixed ?? false, read: group.read ?? null, index, children: [], top: index }) as Group);
  for (const group of groups) if (group.parent !== null) groups[group.parent].children.push(group.index);
  const bySize = (a: number, b: number) =>
    Number(groups[a].none ?? false) - Number(groups[b].none ?? false) ||
    Number(groups[a].mixed) - Number(groups[b].mixed) || groups[b].count - groups[a].count || a - b;
  for (const group of groups) {
    group.children.sort(bySize);
    while (groups[group.top].parent !== null) group.top = groups[group.top].parent!;
  }
  const levels: number[][] = [];
  for (const group of groups) (levels[group.level] ??= []).push(group.index);
  for (let level = 0; level < levels.length; level++) (levels[level] ??= []).sort(bySize);
  const rows = Number(header.rows);
  const optional = (name: string) => (arrays.knows(name) ? (arrays.get(name) ?? NOTHING) : null);
  const x = once(coordinates);
  const y = once(coordinates);
  const mass = once((part: Numbers) => {
    const weight = optional("count");
    return Float64Array.from(part, (one, row) => one * (weight ? weight[row] : 1));
  });
  const order = once(inOrder);
  return {
    ...(header as unknown as View),
    groups,
    levels,
    roots: groups.filter((one) => one.parent === null).map((one) => one.index).sort(bySize),
    columns: (header.columns as Packed[]).map((one) => columnOf(one, arrays, Boolean(header.published))),
    embedded: header.embedded === true,
    withheld: Number(header.withheld ?? 0),
    saved: (header.views as SavedView[] | undefined) ?? [],
    counted: (header.counted as View["counted"]) ?? null,
    guarantee: (header.guarantee as Guarantee) ?? null,
    segments: (header.segments as number | null) ?? null,
    longest: (header.longest as boolean) ?? false,
    sums: (header.sums as Sums) ?? null,
    arrays,
    get x() {
      return x(arrays.get("x") ?? NOTHING);
    },
    get y() {
      return y(arrays.get("y") ?? NOTHING);
    },
    get group() {
      return arrays.get("group") ?? NOTHING;
    },
    get weight() {
      return optional("count");
    },
    get mass() {
      const part = optional("part");
      const weight = optional("count");
      return part && (!weight || weight.length) ? mass(part) : weight;
    },
    get whole() {
      return optional("whole");
    },
    get order() {
      const whole = optional("whole");
      return whole && order(whole);
    },
    get day() {
      return optional("day");
    },
    get user() {
      return optional("user");
    },
    records: header.records ? textOf({ name: "record", ...(header.records as { array: string; ends?: string }) }, arrays, rows) : null,
    knows: (header.knows as Thing[]) ?? [],
    texts: (header.texts as { name: string; array: string; ends?: string }[]).map((one) => textOf(one, arrays, rows)),
  };
}

function textOf({ name, array, ends }: { name: string; array: string; ends?: string }, arrays: Arrays, rows: number): Text {
  return new Text(name, array, ends, arrays, rows);
}

function columnOf({ array, shares, sure, numbers, ...rest }: Packed, arrays: Arrays, withheld: boolean): Column {
  return {
    ...rest,
    withheld,
    names: { data: array, shares, sure, numbers },
    get data() {
      return arrays.get(array) ?? NOTHING;
    },
    get here() {
      return arrays.get(array) !== null;
    },
    get shares() {
      return shares ? (arrays.get(shares) ?? NOTHING) : undefined;
    },
    get sure() {
      return sure ? (arrays.get(sure) ?? NOTHING) : undefined;
    },
    get numbers() {
      return numbers ? (arrays.get(numbers) ?? NOTHING) : undefined;
    },
  };
}

/** The day of a row, counted from day 0; null where it is not known, or not here yet. */
export function dayOfRow(view: View, row: number): number | null {
  const day = view.day?.[row];
  return day === undefined || day === NO_DAY ? null : day;
}

function coordinates(steps: Numbers): Float32Array {
  const found = new Float32Array(steps.length);
  for (let row = 0; row < steps.length; row++) found[row] = (steps[row] / 65_535) * 2 - 1;
  return found;
}

/** The rows in the order of the whole conversations, which are numbered from 0. */
function inOrder(whole: Numbers): Uint32Array {
  let most = 0;
  for (let row = 0; row < whole.length; row++) if (whole[row] > most) most = whole[row];
  const starts = new Uint32Array(most + 2);
  for (let row = 0; row < whole.length; row++) starts[whole[row] + 1]++;
  for (let at = 1; at < starts.length; at++) starts[at] += starts[at - 1];
  const found = new Uint32Array(whole.length);
  for (let row = 0; row < whole.length; row++) found[starts[whole[row]]++] = row;
  return found;
}

/** Makes something of an array, and keeps it as long as the array is the same. */
function once<T>(make: (of: Numbers) => T): (of: Numbers) => T {
  let last: Numbers | null = null;
  let made: T;
  return (of) => {
    if (of !== last) made = make(of);
    last = of;
    return made;
  };
}

/** A group and all that it holds, itself first. */
export function within(view: View, group: number): number[] {
  const found = [group];
  for (let i = 0; i < found.length; i++) found.push(...view.groups[found[i]].children);
  return found;
}

/** From the top down to the group itself. */
export function path(view: View, group: number): number[] {
  const found = [group];
  while (view.groups[found[0]].parent !== null) found.unshift(view.groups[found[0]].parent!);
  return found;
}
