import { t, type Word } from "../words";

/** Figures of a group in words; any other one goes by its own name. */
const FIGURES: Record<string, Word> = {
  margin: "margin",
  stability_jaccard: "stability",
  misplaced: "misplaced",
  cohesion_p50: "cohesion",
  silhouette: "silhouette",
  duplicate_names: "duplicateName",
};

export function figureName(name: string): string {
  return FIGURES[name] ? t(FIGURES[name]) : name.replaceAll("_", " ");
}
