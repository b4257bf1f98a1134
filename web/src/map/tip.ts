/** What is told of what the pointer, or the keyboard, is at. */

import type { GradeNumber } from "../api/types";
import type { Formats } from "../i18n/i18n";
import { el } from "../shell/dom";
import { gradeBadge, type Palette } from "./grades";
import { isKind } from "./kinds";

type Properties = Record<string, unknown>;

export interface Told {
  formats: Formats;
  colours: Palette;
  /** The month that is shown; null for now. */
  at: string | null;
  /** Names of treatments in the page's language. */
  treatments: ReadonlyMap<string, string>;
}

/** A finding, or a section with its grade and what its theme says; nothing where lines are joined. */
export function described(properties: Properties, told: Told): HTMLElement[] {
  const { formats, colours } = told;
  const { words } = formats;
  const kind = properties["kind"];
  if (isKind(kind)) {
    const length = formats.number(Number(properties["length_m"]), 1);
    const area = formats.number(Number(properties["area_m2"]), 1);
    const severity = words.severity(formats.number(Number(properties["severity"])));
    const text = `${length} m · ${area} m² · ${severity}`;
    return [el("strong", { text: words.kinds[kind] }), el("span", { text })];
  }
  // Far out, sections are joined by what they are coloured by: their grades are not told then.
  if (properties["grade"] === undefined) return [];
  const grade = Number(properties["grade"]) as GradeNumber;
  const street = String(properties["street"] ?? "");
  const more = themeText(properties, told);
  return [
    gradeBadge(grade, colours),
    el(
      "span",
      {},
      street ? el("strong", { text: street }) : null,
      el("span", { text: gradeText(properties, told) }),
      more ? el("span", { class: "map-tip-more", text: more }) : null,
    ),
  ];
}

/** The same as text, for who hears it. */
export function sectionText(properties: Properties, told: Told): string {
  const parts = [String(properties["street"] ?? ""), gradeText(properties, told), themeText(properties, told)];
  return parts.filter(Boolean).join(", ");
}

function gradeText(properties: Properties, { formats, at }: Told): string {
  const { words } = formats;
  const grade = Number(properties["grade"]) as GradeNumber;
  const index = properties["index"];
  const method = properties["method"] === "handbook" ? "handbook" : "deduct";
  const number = typeof index === "number" ? ` · ${formats.number(index)} (${words.methods[method]})` : "";
  const word = grade === 0 && at ? words.unknownThen : words.grades[grade];
  return `${grade || ""} ${word}${number}`.trim();
}

function themeText(properties: Properties, { formats, treatments }: Told): string {
  const { words } = formats;
  const { sek_m2, years, years_low, years_high, year, treatment } = properties;
  if (typeof sek_m2 === "number") return `${words.debt}: ${formats.number(sek_m2)} ${words.perM2}`;
  if (typeof years === "number") {
    const unsure = words.interval95(formats.number(Number(years_low)), formats.number(Number(years_high)));
    return `${words.remainingLife}: ${formats.number(years)} ${words.years} (${unsure})`;
  }
  if (typeof year === "number") return `${year}: ${treatments.get(String(treatment)) ?? String(treatment)}`;
  return "";
}
