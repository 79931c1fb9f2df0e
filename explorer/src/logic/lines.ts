/** The bars of a facet: the share of each value in what is selected and in the rest, each of all its conversations. */

import type { Column, View } from "../data/view";
import { difference, elsewhere, estimate } from "./shares";
import { newcombe, wilson, type Interval } from "./statistics";
import type { Side, Sides } from "./tally";

export interface Line {
  /** Place of the value; `values.length` for what is not known, -1 for several together. */
  place: number;
  count: number;
  share: number;
  /** The share in the rest; null where nothing is compared. */
  rest: number | null;
  difference: number;
  /** Of the difference, or of the share where nothing is compared; null where it is not known. */
  interval: Interval | null;
  /** The interval of the share itself, if it was estimated. */
  own?: Interval;
}

/** Lines of all values that occur, by counting. Their shares sum to 1. */
export function countedLines(column: Column, { inside, outside }: Sides, comparing: boolean): Line[] {
  const against = comparing && outside.all > 0 ? outside : null;
  return Array.from(inside.counts, (_, place) => countedLine(place, inside, against)).filter(
    (line) => line.place < column.values.length || line.count > 0 || (line.rest ?? 0) > 0,
  );
}

function countedLine(place: number, inside: Side, outside: Side | null): Line {
  const share = part(inside.counts[place], inside.all);
  const rest = outside && part(outside.counts[place], outside.all);
  return {
    place,
    count: inside.touched[place],
    share,
    rest,
    difference: rest === null ? 0 : share - rest,
    interval: rest === null ? wilson(share, inside.size) : newcombe(share, inside.size, rest, outside!.size),
  };
}

/** Rounded counts of a published atlas may make up a little more than the whole. */
function part(count: number, all: number): number {
  return all > 0 ? Math.min(1, count / all) : 0;
}

/** Lines of a group (-1: the whole atlas) whose shares were estimated. What they leave of the whole has a line too. */
export function estimatedLines(view: View, column: Column, at: number, { inside }: Sides): Line[] {
  const group = at < 0 ? null : at;
  const found: Line[] = [];
  column.values.forEach((_, place) => {
    const here = estimate(view, column, group, place);
    if (!here) return;
    const rest = group === null ? null : elsewhere(view, column, group, place);
    found.push({
      place,
      count: Math.max(inside.touched[place], here.share > 0 ? 1 : 0),
      share: here.share,
      own: here,
      rest: rest && rest.share,
      difference: rest ? here.share - rest.share : 0,
      interval: rest ? difference(here, rest) : here,
    });
  });
  const left = 1 - found.reduce((sum, one) => sum + one.share, 0);
  if (left > LEAST) found.push(remainder(column, found, left, group));
  return found;
}

const LEAST = 0.0005; // of a share that is worth a line; less is rounding

function remainder(column: Column, found: Line[], share: number, group: number | null): Line {
  const named = column.values.filter((value, place) => value !== null && !found.some((one) => one.place === place));
  const gathered = named.length + Number(column.values.includes(null));
  const known = found.every((one) => one.rest !== null);
  const rest = group === null || !known ? null : Math.max(0, 1 - found.reduce((sum, one) => sum + one.rest!, 0));
  return {
    place: gathered === 0 ? column.values.length : gathered === 1 ? column.values.indexOf(null) : -1,
    count: 1,
    share,
    rest,
    difference: rest === null ? 0 : share - rest,
    interval: null,
  };
}

/** The line of what is other, or not known: it stands last, whatever its share. */
export function isOther(column: Column, { place }: Line): boolean {
  return place < 0 || place >= column.values.length || column.values[place] === null;
}

/**
 * The lines to show of many: the first `few` in their order, all in `kept`, and one that gathers the others, so that
 * what is shown makes up the whole.
 */
export function cut(column: Column, lines: Line[], few: number, kept: number[], { inside, outside }: Sides): Line[] {
  const last = column.values.length;
  const named = lines.filter((line) => !isOther(column, line));
  if (named.length <= few + 1) return lines;
  const shown = named.filter((line, place) => place < few || kept.includes(line.place));
  const hidden = lines.filter((line) => line.place !== last && !shown.includes(line));
  const unknown = lines.filter((line) => line.place === last);
  return [...shown, gathered(hidden, inside, outside), ...unknown];
}

function gathered(lines: Line[], inside: Side, outside: Side): Line {
  const compared = lines.every((one) => one.rest !== null);
  const share = Math.min(1, lines.reduce((sum, one) => sum + one.share, 0));
  const rest = compared ? Math.min(1, lines.reduce((sum, one) => sum + one.rest!, 0)) : null;
  const counted = lines.every((one) => !one.own && one.interval);
  const interval = !counted ? null : rest === null ? wilson(share, inside.size) : newcombe(share, inside.size, rest, outside.size);
  return {
    place: -1,
    count: lines.reduce((sum, one) => sum + one.count, 0),
    share,
    rest,
    difference: rest === null ? 0 : share - rest,
    interval,
  };
}

/** How far the clearest difference is from chance: the interval's nearer end. */
export function strength(lines: Line[]): number {
  return Math.max(0, ...lines.map(({ interval }) => (interval ? Math.max(interval.low, -interval.high) : 0)));
}

/** Whether a difference is more than chance, and its direction; "" where it is not, or where nothing is compared. */
export function direction({ rest, interval }: Line): "over" | "under" | "" {
  if (rest === null || !interval) return "";
  return interval.low > 0 ? "over" : interval.high < 0 ? "under" : "";
}
