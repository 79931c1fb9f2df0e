/** Words, numbers and dates in the language of the interface. */

import { computed, signal } from "@preact/signals";
import type { Column } from "../data/view";
import type { Said } from "../data/refusal";
import { en, type Word } from "./en";
import { ruRefusals } from "./refusals";
import { ru, ruValues } from "./ru";

export type Tongue = "en" | "ru";
export type { Word };

export const tongue = signal<Tongue>("en");

const plurals = computed(() => new Intl.PluralRules(tongue.value));
const languages = computed(() => new Intl.DisplayNames([tongue.value], { type: "language" }));

/** A phrase of the interface; of one with forms, that for `vars.n`. */
export function t(word: Word, vars: Record<string, string | number> = {}): string {
  const forms = (tongue.value === "ru" ? ru : en)[word].split("|");
  let form = forms[0];
  if (forms.length > 1) {
    const rule = plurals.value.select(Number(vars.n));
    form = rule === "one" ? forms[0] : forms.length === 2 ? forms[1] : rule === "few" ? forms[1] : forms[2];
  }
  return form.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = vars[name];
    return typeof value === "number" ? number(value) : String(value ?? "");
  });
}

/** Why something is not done or no longer applies, as a part of a sentence; `text` is the server's own, in English. */
export function reason(text: string, said: Said | null): string {
  const form = said && tongue.value === "ru" ? ruRefusals[said.key] : undefined;
  if (!said || form === undefined) return text;
  return form.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = said.fields[name];
    return typeof value === "object" ? reason("", value) : typeof value === "number" ? number(value) : String(value ?? "");
  });
}

/** The same as a whole sentence. */
export function refusal({ message, said }: { message: string; said: Said | null }): string {
  const text = reason(message, said);
  return text === message ? text : `${text[0].toUpperCase()}${text.slice(1)}.`;
}

/** Formats cost more to make than to use. */
const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function numberFormat(options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  const key = tongue.value + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(tongue.value, options));
  return formats.get(key) as Intl.NumberFormat;
}

export function number(value: number): string {
  return numberFormat().format(value);
}

/** A share as a reader expects it: 12 %, 3.4 %, <0.1 %. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return "<" + number(0.1) + " %";
  return `${numberFormat({ maximumFractionDigits: value < 9.95 ? 1 : 0, roundingMode: "halfEven" }).format(value)} %`; // as Python rounds
}

/** A difference of shares in percentage points, with its sign. */
export function points(difference: number): string {
  const value = difference * 100;
  const digits = Math.abs(value) < 9.95 ? 1 : 0;
  const text = numberFormat({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(Math.abs(value));
  return Number(Math.abs(value).toFixed(digits)) === 0 ? text : `${value < 0 ? "−" : "+"}${text}`;
}

/** A mean as a reader expects it, with about four digits. */
export function figure(value: number): string {
  return numberFormat({ maximumSignificantDigits: 4 }).format(value);
}

/** A difference of means with its sign, with as many decimals as the greatest one needs. */
export function signed(value: number, greatest: number): string {
  const digits = greatest > 0 ? Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(greatest)))) : 0;
  const text = numberFormat({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(Math.abs(value));
  return Number(Math.abs(value).toFixed(digits)) === 0 ? text : `${value < 0 ? "−" : "+"}${text}`;
}

export function probability(value: number): string {
  return value < 0.001 ? `<${number(0.001)}` : numberFormat({ maximumSignificantDigits: 2 }).format(value);
}

export function day(date: Date, long = true): string {
  const options: Intl.DateTimeFormatOptions = { timeZone: "UTC", day: "numeric", month: "short", ...(long && { year: "numeric" }) };
  const key = `${tongue.value} day ${long}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(tongue.value === "ru" ? "ru" : "en-GB", options));
  return (formats.get(key) as Intl.DateTimeFormat).format(date);
}

/** The name of a column as a reader sees it: built-in facets translated, others as they are. */
export function columnName(name: string): string {
  const word = `facet_${name}` as Word;
  return word in en ? t(word) : name.replaceAll("_", " ");
}

/** A value as a reader sees it: languages by name, gathered and missing ones in words. */
export function valueName(column: Column, place: number): string {
  if (column.withheld && (column.values[place] ?? null) === null) return t("withheldOrOther");
  if (place >= column.values.length) return t("unknown");
  const value = column.values[place];
  if (value === null) return t("other");
  if (column.type === "language") {
    if (value === "zxx" || value === "und") return t("noLanguage");
    try {
      return languages.value.of(value) ?? value;
    } catch {
      return value;
    }
  }
  return tongue.value === "ru" && column.type !== "meta" && column.type !== "tag" ? (ruValues[value] ?? value) : value;
}
