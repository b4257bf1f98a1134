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
    attributes: { "data-grade": grade, "data-dark": isDark(colours[grade]), "aria-hidden": "true" },
    vars: { "--grade": colours[grade] },
  });
}

/** Whether white is read better on a colour than ink (WCAG's relative luminance). */
function isDark(colour: string): boolean {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.21;
}
