/** Which groups can go where. */

import { within, type View } from "../data/view";
import { fold } from "./search";

/** Whether a group can lie right in another: one that holds groups, and is of a higher level. */
export function canMoveInto(view: View, group: number, target: number): boolean {
  const [own, to] = [view.groups[group], view.groups[target]];
  return to.children.length > 0 && to.level > own.level && own.parent !== target;
}

/** Where a group can be moved, by name. */
export function targets(view: View, group: number): number[] {
  return byName(view, view.groups.filter((one) => canMoveInto(view, group, one.index)).map((one) => one.index));
}

/** The groups that hold conversations themselves, by name. */
export function baseGroups(view: View): number[] {
  return byName(view, view.groups.filter((one) => one.level === 0 && !one.children.length && one.count > 0).map((one) => one.index));
}

/** Those whose own name, or that of the group above, holds every word of a text; first those whose own name does. */
export function found(view: View, groups: number[], text: string, nameOf: (group: number) => string): number[] {
  const words = fold(text).split(/\s+/).filter(Boolean);
  const holds = (name: string) => words.every((word) => name.includes(word));
  const own: number[] = [];
  const others: number[] = [];
  for (const one of groups) {
    const { parent } = view.groups[one];
    const name = fold(nameOf(one));
    if (holds(name)) own.push(one);
    else if (parent !== null && holds(`${name} ${fold(nameOf(parent))}`)) others.push(one);
  }
  return [...own, ...others];
}

/** What a group can be merged with: the others of its level, the nearest first. */
export function partners(view: View, group: number): number[] {
  const own = view.groups[group];
  const inside = new Set(within(view, group));
  const others = view.groups.filter((one) => one.level === own.level && !inside.has(one.index)).map((one) => one.index);
  const near = own.near.filter((one) => others.includes(one));
  return [...near, ...byName(view, others.filter((one) => !near.includes(one)))];
}

function byName(view: View, groups: number[]): number[] {
  return groups.sort((a, b) => (view.groups[a].name ?? "").localeCompare(view.groups[b].name ?? ""));
}
