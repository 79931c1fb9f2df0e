/** Colours that hold apart for readers with any colour vision, on paper and on dark. */

export type Theme = "light" | "dark";

/** Paul Tol's "muted" scheme on light and his "light" scheme on dark, in an order that keeps neighbours apart. */
export const NOMINAL: Record<Theme, string[]> = {
  light: ["#332288", "#cc6677", "#117733", "#ddaa33", "#88bbdd", "#882255", "#44aa99", "#999933", "#aa4499"],
  dark: ["#77aadd", "#ee8866", "#44bb99", "#eedd88", "#ffaabb", "#99ddff", "#bbcc33", "#c7a0e8", "#b3a369"],
};

export const OTHER: Record<Theme, string> = { light: "#b9b5ac", dark: "#5c6470" };

/** From little to much: one hue after another of rising weight, readable in grey as well. */
const RAMP: Record<Theme, string[]> = {
  light: ["#c9dcc0", "#94c4b0", "#5aa6a4", "#2f8196", "#235c82", "#263a68", "#231a45"],
  dark: ["#2c4a5e", "#2f6b7a", "#3c8f8b", "#62b290", "#9bd08f", "#d5e790", "#fff7a8"],
};

/** From shrinking over no change to growing: blue, neutral, orange. */
export const DIVERGING: Record<Theme, string[]> = {
  light: ["#1d5a9a", "#5b93c7", "#a9c8e2", "#cfcbc1", "#f0c08a", "#dd8a35", "#a85408"],
  dark: ["#6fb5ff", "#4c86bd", "#39597a", "#4a5059", "#7d5a33", "#c4843b", "#ffb65c"],
};

export function ramp(theme: Theme, steps: number): string[] {
  const stops = RAMP[theme];
  return Array.from({ length: steps }, (_, i) => {
    const at = steps === 1 ? stops.length - 2 : (i / (steps - 1)) * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(at));
    return mix(stops[low], stops[low + 1], at - low);
  });
}

/** `count` colours for groups: the nine, then the nine lighter and darker, then over again. */
export function many(theme: Theme, count: number): string[] {
  const base = NOMINAL[theme];
  const towards = theme === "light" ? ["#ffffff", "#1a1a1a"] : ["#12161c", "#ffffff"];
  return Array.from({ length: count }, (_, i) => {
    const colour = base[i % base.length];
    const round = Math.floor(i / base.length) % 3;
    return round === 0 ? colour : mix(colour, towards[round - 1], 0.38);
  });
}

export function mix(from: string, to: string, share: number): string {
  const [a, b] = [parts(from), parts(to)];
  return `#${a.map((one, i) => Math.round(one + (b[i] - one) * share).toString(16).padStart(2, "0")).join("")}`;
}

function parts(hex: string): number[] {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}
