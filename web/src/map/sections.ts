/** How sections are drawn: by their class, what is chosen, and what is planned. */

import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";

import type { ClassNumber } from "../api/types";
import type { Palette } from "./grades";
import {
  FAR,
  FOCUS_SOURCE,
  HIT_LAYER,
  isSection,
  LAND,
  NEAR,
  PLAN_LAYER,
  SECTION_ZOOM,
  type Shown,
  shownFilter,
} from "./shown";

const FOCUS = "#b3261e";
const INK = "#38474e";

/** Colours of grades, or of a theme's classes. */
export type ClassColours = Palette & Partial<Readonly<Record<ClassNumber, string>>>;

/** What a programme leaves as it is stays behind what it treats. */
const UNPLANNED_WIDTH = 0.5;

/** Worse is a little wider: the eye finds it in grey print as well. Years of a programme are alike. */
function gradeWidth(rim = 0, isPlan = false): ExpressionSpecification {
  const wider: ExpressionSpecification | number = isPlan
    ? ["match", ["get", "class"], 6, UNPLANNED_WIDTH, 1.15]
    : ["match", ["get", "class"], 5, 1.3, 4, 1.15, 1];
  const worse = (base: number): ExpressionSpecification => [
    "+",
    rim,
    ["*", base, wider],
  ];
  return [
    "interpolate",
    ["exponential", 1.6],
    ["zoom"],
    9,
    worse(1.4),
    12,
    worse(2.6),
    14,
    worse(4.5),
    16,
    worse(7),
    18,
    worse(11),
    20,
    worse(20),
    22,
    worse(34),
  ];
}

function casingWidth(isPlan: boolean): ExpressionSpecification {
  return gradeWidth(isPlan ? 1.4 : 2.2, isPlan);
}

/** From afar the same about all grades: a width of its own for each line takes longer to draw. */
function casingWidthFar(isPlan: boolean): ExpressionSpecification {
  if (isPlan) return casingWidth(isPlan);
  return ["interpolate", ["exponential", 1.6], ["zoom"], 9, 3.8, 12, 5.1, 14, 7.2];
}

const UNKNOWN_WIDTH: ExpressionSpecification = ["interpolate", ["linear"], ["zoom"], 9, 0.7, 14, 1.8, 18, 4];

function gradeColour(colours: ClassColours): ExpressionSpecification {
  const pairs = [1, 2, 3, 4, 5, 6].flatMap((number) => {
    const colour = colours[number as ClassNumber];
    return colour === undefined ? [] : [number, colour];
  });
  return ["match", ["get", "class"], ...pairs, colours[0]] as unknown as ExpressionSpecification;
}

/** Ends are cut straight where sections can be told apart, and round where they cannot. */
const SECTION_ENDS: ExpressionSpecification = ["step", ["zoom"], "round", 15.5, "butt"];

export function lines(
  id: string,
  source: "streets" | "sections",
  paint: NonNullable<Extract<LayerSpecification, { type: "line" }>["paint"]>,
  options: {
    filter?: FilterSpecification;
    minzoom?: number;
    maxzoom?: number;
    cap?: "butt" | ExpressionSpecification;
    join?: "miter";
  } = {},
): LayerSpecification {
  return {
    id,
    type: "line",
    source: "town",
    "source-layer": source,
    layout: {
      "line-cap": options.cap ?? "round",
      "line-join": options.join ?? "round",
      ...(source === "sections" ? { "line-sort-key": ["match", ["get", "class"], 6, 0.5, ["get", "class"]] } : {}),
    },
    paint,
    ...(options.filter ? { filter: options.filter } : {}),
    ...(options.minzoom ? { minzoom: options.minzoom } : {}),
    ...(options.maxzoom ? { maxzoom: options.maxzoom } : {}),
  };
}

export function sectionLayers(colours: Palette, shown: Shown): LayerSpecification[] {
  const { off, groups, section } = shown;
  const selected = { filter: isSection(section), minzoom: SECTION_ZOOM };
  const pointed = { filter: isSection(null), minzoom: SECTION_ZOOM };
  return [
    lines("section-selected", "sections", { "line-color": "#0b3c4c", "line-width": gradeWidth(13) }, selected),
    lines("section-selected-inner", "sections", { "line-color": "#ffffff", "line-width": gradeWidth(7) }, selected),
    lines("section-hover", "sections", { "line-color": "#0b3c4c", "line-opacity": 0.45, "line-width": gradeWidth(8) }, pointed),
    lines("section-focus", "sections", { "line-color": FOCUS, "line-width": gradeWidth(10) }, pointed),
    lines("section-unknown-far", "sections", { "line-color": colours[0], "line-width": UNKNOWN_WIDTH }, {
      filter: shownFilter("section-unknown-far", off, groups),
      ...FAR,
    }),
    lines("section-casing-far", "sections", { "line-color": INK, "line-width": casingWidthFar(false) }, {
      filter: shownFilter("section-casing-far", off, groups),
      ...FAR,
    }),
    lines("section-grade-far", "sections", { "line-color": gradeColour(colours), "line-width": gradeWidth() }, {
      filter: shownFilter("section-grade-far", off, groups),
      ...FAR,
    }),
    lines(
      "section-unknown",
      "sections",
      { "line-color": colours[0], "line-width": UNKNOWN_WIDTH, "line-dasharray": [2, 1.6] },
      { filter: shownFilter("section-unknown", off, groups), cap: "butt", ...NEAR },
    ),
    lines("section-casing", "sections", { "line-color": INK, "line-width": casingWidth(false) }, {
      filter: shownFilter("section-casing", off, groups),
      cap: SECTION_ENDS,
      ...NEAR,
    }),
    lines("section-grade", "sections", { "line-color": gradeColour(colours), "line-width": gradeWidth() }, {
      filter: shownFilter("section-grade", off, groups),
      cap: SECTION_ENDS,
      ...NEAR,
    }),
    lines(HIT_LAYER, "sections", { "line-color": "#000000", "line-opacity": 0, "line-width": 18 }, {
      filter: shownFilter(HIT_LAYER, off, groups),
      minzoom: SECTION_ZOOM,
    }),
  ];
}

/** A ring about the middle of the section that the keyboard is at, where lines are too thin. */
export function focusLayer(): LayerSpecification {
  return {
    id: "focus-ring",
    type: "circle",
    source: FOCUS_SOURCE,
    paint: {
      "circle-radius": 11,
      "circle-opacity": 0,
      "circle-stroke-color": FOCUS,
      "circle-stroke-width": 3,
    },
  };
}

/** What a programme does to a section, on the other side of the street than its name. */
export function planLayer({ off, groups }: Shown): LayerSpecification {
  return {
    id: PLAN_LAYER,
    type: "symbol",
    source: "town",
    "source-layer": "sections",
    minzoom: 15.5,
    filter: shownFilter(PLAN_LAYER, off, groups),
    layout: {
      "symbol-placement": "line-center",
      "text-field": planText([]),
      "text-font": ["system-ui", "sans-serif"],
      "text-size": 11,
      "text-offset": [0, -1.4],
      "text-max-angle": 35,
    },
    paint: { "text-color": "#440154", "text-halo-color": LAND, "text-halo-width": 2 },
  };
}

/** The paint of the sections' layers for some colours, as (layer, property, value). */
export function sectionPaint(
  colours: ClassColours,
  isPlan: boolean,
): [layer: string, property: "line-color" | "line-width", value: ExpressionSpecification][] {
  return [
    ["section-grade-far", "line-color", gradeColour(colours)],
    ["section-grade-far", "line-width", gradeWidth(0, isPlan)],
    ["section-casing-far", "line-width", casingWidthFar(isPlan)],
    ["section-grade", "line-color", gradeColour(colours)],
    ["section-grade", "line-width", gradeWidth(0, isPlan)],
    ["section-casing", "line-width", casingWidth(isPlan)],
  ];
}

/** Only from here on is a section longer than the treatment's name. */
const NAME_ZOOM = 18.3;

/** The text of a planned treatment: its year, and close by its name, by the names that are known. */
export function planText(names: readonly (readonly [string, string])[]): ExpressionSpecification {
  const name = names.length
    ? ["match", ["get", "treatment"], ...names.flat(), ["get", "treatment"]]
    : ["get", "treatment"];
  const year: ExpressionSpecification = ["to-string", ["get", "year"]];
  const whole = ["concat", year, " ", name];
  return ["step", ["zoom"], year, NAME_ZOOM, whole] as unknown as ExpressionSpecification;
}
