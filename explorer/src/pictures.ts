/** The menu that saves a picture of the map or of a chart. */

import { signal } from "@preact/signals";
import { fileName, savePng, saveSvg } from "./pictures/save";
import { chartPicture } from "./pictures/chart-picture";
import { notice, view } from "./state";
import { captionOf, pictureOfMap } from "./ui/picture-of-map";
import { t } from "./words";

/** What the menu that is open saves, and the button that opened it. */
export const pictureMenu = signal<{ from: HTMLElement; name: string; map: boolean } | null>(null);

export type Format = "png" | "svg";

export async function savePicture(format: Format): Promise<void> {
  const what = pictureMenu.value;
  if (!what) return;
  pictureMenu.value = null;
  what.from.focus();
  try {
    const svg = what.map ? pictureOfMap() : pictureOfChart(what.from);
    if (svg === null) return;
    const name = fileName(view.value.title, what.name);
    if (format === "svg") saveSvg(svg, name);
    else await savePng(svg, name);
    notice.value = t("pictureSaved", { name: `${name}.${format}` });
  } catch {
    notice.value = t("pictureFailed");
  }
}

function pictureOfChart(from: HTMLElement): string | null {
  const chart = from.closest("[data-chart]") ?? from.closest(".details")?.querySelector("[data-chart]");
  const ground = getComputedStyle(document.documentElement).getPropertyValue("--panel").trim();
  return chart ? chartPicture(chart, ground, captionOf()) : null;
}
