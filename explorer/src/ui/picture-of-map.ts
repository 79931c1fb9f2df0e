/** The map that is on the screen, for a picture of it. */

import { figureOf } from "../logic/quality";
import { MOST_DRAWN, pick } from "../logic/sample";
import { isoOf } from "../logic/time";
import { mapPicture, type Point, type Sample } from "../pictures/map-picture";
import { coloured, filters, halves, region, view } from "../state";
import { columnName, day, number, t, valueName, type Word } from "../words";
import { dots, ground } from "./dots";
import { halfNames } from "./half-names";
import { labels, seen } from "./MapTitles";
import { groupName, nameClass } from "./parts";
import { dimOf, opacityOf, sizeOf } from "./scatter";

const MOST_SAMPLES = 40;
const SOFT = 0.8; // the edges of points are soft on the screen, so they look smaller there

/** The map as SVG, on paper (white, as the caption stands elsewhere) or as on the screen; null while it is not drawn, or
 * where there is none. */
export function pictureOfMap(paper = false): string | null {
  const [camera, drawn] = [seen.value, dots.value];
  if (!camera || !drawn) return null;
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const pen = document.createElement("canvas").getContext("2d")!;
  const { groups } = view.value;
  return mapPicture({
    camera,
    points: points(),
    titles: labels.value
      .filter((one) => one.group < groups.length)
      .map((one) => ({ ...one, region: one.rank === 1 || groups[one.group].parent === null, quiet: nameClass(one.group) !== "name" })),
    polygon: region.value?.kind === "lasso" ? region.value.polygon : null,
    legend: samples(),
    caption: paper ? "" : captionOf(),
    look: { ground: paper ? "#ffffff" : ground.value, ink: token("--ink"), soft: token("--soft"), sans: token("--sans"), serif: token("--serif") },
    measure: (text, font) => {
      pen.font = font;
      return pen.measureText(text).width;
    },
  });
}

/** The points in sight, with the sizes and the strength that they have on the screen. */
function* points(): Generator<Point> {
  const [now, drawn] = [seen.value!, dots.value!];
  const { x, y, codes, colours, size, sizes } = drawn;
  const [wide, high] = [now.width / now.scale, now.height / now.scale];
  const [left, top] = [-now.left / now.scale, now.top / now.scale];
  const rim = 40 / now.scale;
  const window = { left: left - rim, right: left + wide + rim, low: top - high - rim, high: top + rim };
  const { rows, dim } = pick(drawn, x, y, window);
  const grown = Math.asinh(Math.max(1, now.zoom)) / Math.asinh(1); // as the map lets its points grow
  const many = Math.min(x.length, MOST_DRAWN);
  for (const [place, row] of rows.entries()) {
    yield {
      x: now.left + x[row] * now.scale,
      y: now.top - y[row] * now.scale,
      colour: colours[codes[row]],
      size: (size && sizes ? sizes[size[row]] : sizeOf(many) * SOFT) * grown,
      opacity: size ? 0.86 : place < dim ? dimOf(many) : opacityOf(many),
    };
  }
}

/** What the colours mean. */
function samples(): Sample[] {
  const { legend, by } = coloured.value;
  const figure = figureOf(by);
  const change = (word: Word): string => {
    const [a, b] = halves.value ? halfNames(halves.value) : ["", ""];
    if (halves.value?.by !== "value") return t(word);
    return word === "grew" ? t("moreIn", { name: b }) : word === "shrank" ? t("moreIn", { name: a }) : t("noDifference");
  };
  return legend.slice(0, MOST_SAMPLES).map((one) => {
    const text =
      one.kind === "group"
        ? groupName(one.place)
        : one.kind === "other"
          ? t("other")
          : one.kind === "text"
            ? by === "change"
              ? change(one.text as Word)
              : figure !== null
                ? number(Math.round(Number(one.text) * 1000) / 1000)
                : day(new Date(`${one.text}T00:00:00Z`))
            : valueName(view.value.columns.find((column) => column.name === by)!, one.place);
    return { colour: one.colour, text };
  });
}

/** What a picture is of: the atlas, what is selected, the filters, what is compared. */
export function captionOf(): string {
  const at = region.value;
  const { values, days } = filters.value;
  const parts = [view.value.title];
  if (at) parts.push(at.kind === "group" ? groupName(at.group) : t("lassoed"));
  for (const [name, places] of Object.entries(values)) {
    const column = view.value.columns.find((one) => one.name === name)!;
    parts.push(`${columnName(name)}: ${places.map((place) => valueName(column, place)).join(", ")}`);
  }
  if (days && view.value.days) parts.push(days.map((one) => isoOf(view.value.days!, one)).join(" – "));
  if (halves.value) parts.push(halfNames(halves.value).join(" / "));
  return parts.join(" · ");
}
