/** The page on paper: light, with the map as a picture, since what WebGL drew is often not there any more to print. */

import { signal } from "@preact/signals";
import { theme } from "../state";
import { captionOf, pictureOfMap } from "./picture-of-map";

/** What the paper shows; empty while nothing is printed. */
export const printed = signal("");

/** Prepares the page for paper when the browser is about to print, and puts it back afterwards. */
export function startPrinting(): () => void {
  const media = matchMedia("print");
  let before: typeof theme.value | null = null;
  const begin = () => {
    if (before !== null) return;
    before = theme.value;
    theme.value = "light"; // not kept: the reader's choice is for the screen
    printed.value = captionOf();
    showMap();
  };
  const end = () => {
    if (before === null) return;
    theme.value = before;
    before = null;
    printed.value = "";
    document.querySelector(".map-print")?.remove();
  };
  const change = () => (media.matches ? begin() : end());
  addEventListener("beforeprint", begin);
  addEventListener("afterprint", end);
  media.addEventListener("change", change);
  return () => {
    removeEventListener("beforeprint", begin);
    removeEventListener("afterprint", end);
    media.removeEventListener("change", change);
  };
}

/** The map as SVG in place of its canvas: part of the document, so that it is there at once. */
function showMap(): void {
  const svg = pictureOfMap(true);
  const map = document.querySelector(".map");
  if (svg === null || !map || map.querySelector(".map-print")) return;
  const read = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  const place = document.createElement("div");
  place.className = "map-print";
  place.append(document.importNode(read, true));
  map.append(place);
}
