/** Escape closes what is open, one thing after another: what lies on top first, the selection last. */

import { historyOpen, problem } from "../editing";
import { pictureMenu } from "../pictures";
import { earlier, explaining, halves, hovered, region, selectGroup } from "../state";
import { viewsOpen } from "../views";
import { drawing } from "./lassoing";
import { moreTools, sheet } from "./panes";

/** Closes the first of all that is open; whether anything was. */
function closeOne(): boolean {
  hovered.value = -1; // what floats beside a point goes at once
  const open: [boolean, () => void][] = [
    [pictureMenu.value !== null, () => (pictureMenu.value = null)],
    [problem.value !== null, () => (problem.value = null)],
    [drawing.value, () => (drawing.value = false)],
    [moreTools.value, () => (moreTools.value = false)],
    [viewsOpen.value, () => (viewsOpen.value = false)],
    [historyOpen.value, () => (historyOpen.value = false)],
    // On a wide page the pane is no sheet, and is not closed.
    [sheet.value !== null && isSeen(".sheet-close"), () => (sheet.value = null)],
    [earlier.value !== null, () => (earlier.value = null)],
    [explaining.value !== null, () => (explaining.value = null)],
    [halves.value !== null, () => (halves.value = null)],
    [region.value !== null, () => selectGroup(null)],
  ];
  const first = open.find(([there]) => there);
  first?.[1]();
  return first !== undefined;
}

function isSeen(selector: string): boolean {
  return (document.querySelector(selector)?.getClientRects().length ?? 0) > 0;
}

/** What has its own use for Escape says so (`preventDefault`); in a field it leaves the field. */
export function onEscape(event: KeyboardEvent): void {
  if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
  const field = event.target instanceof HTMLElement && event.target.matches("input, textarea, select") ? event.target : null;
  const inPane = field?.closest(".views, .history");
  if (field && !inPane) field.blur();
  else if (closeOne()) event.preventDefault();
}
