/** An edit in a line. */

import type { Edit } from "../data/load";
import { t } from "../words";

/** What an operation says: the names that its groups had, and what they were to get. */
export function told(one: Edit): string {
  const { called, name, description, text, into, facet, query } = one.details as Record<string, string | number | string[]>;
  const { conversations } = one.details;
  if (typeof conversations === "number") return `${t("conversations", { n: conversations })} → ${((called as string[]) ?? []).join(" + ")}`;
  const given = [name, description, text, into, facet, query].filter((value) => value !== undefined && value !== "");
  return [((called as string[]) ?? []).join(" + "), ...given.map(String)].filter(Boolean).join(" → ");
}
