import type { City, GradeNumber } from "../api/types";
import { el } from "../shell/dom";

/** Colours of grades as the service names them, so that map, list and legend agree. */
export type Palette = Readonly<Record<GradeNumber, string>>;

const GREY = "#8d969b";

export const NO_COLOURS: Palette = { 0: GREY, 1: GREY, 2: GREY, 3: GREY, 4: GREY, 5: GREY };

export function palette(city: City): Palette {
  const colours: Record<GradeNumber, string> = { ...NO_COLOURS };
  for (const entry of city.legend) colours[entry.grade.number] = entry.colour;
  return colours;
}

/** A square with the grade's colour and number; the word stands beside it in the text. */
export function gradeBadge(grade: GradeNumber, colours: Palette, size: "" | "large" = ""): HTMLElement {
  return el("span", {
    class: `grade-badge ${size}`,
    text: grade === 0 ? "?" : String(grade),
    attributes: { "data-grade": grade, "aria-hidden": "true" },
    vars: { "--grade": colours[grade] },
  });
}
