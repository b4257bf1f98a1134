import type { City, GradeNumber } from "../api/types";
import { el } from "../shell/dom";

/** Colours of grades as the service names them, so that map, list and legend agree. */
export type Palette = Readonly<Record<GradeNumber, string>>;

export function palette(city: City): Palette {
  const colours: Record<GradeNumber, string> = {
    0: "#8d969b",
    1: "#8d969b",
    2: "#8d969b",
    3: "#8d969b",
    4: "#8d969b",
    5: "#8d969b",
  };
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
