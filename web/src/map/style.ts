/** How the town is drawn: the network itself is the background, nothing comes from elsewhere. */

import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  StyleSpecification,
} from "maplibre-gl";

import type { ClassNumber, Kind } from "../api/types";
import type { Palette } from "./grades";
import { KIND_COLOURS, KINDS } from "./kinds";

/** From here on tiles name each section; below, sections of a grade are merged. */
export const SECTION_ZOOM = 14;
export const HIT_LAYER = "section-hit";
export const MARK_LAYER = "finding-mark";
export const PLAN_LAYER = "section-plan";
export const FOCUS_SOURCE = "focus";
const FOCUS = "#b3261e";

/** Colours of grades, or of a theme's classes. */
export type ClassColours = Palette & Partial<Readonly<Record<ClassNumber, string>>>;

const INK = "#38474e";
const LAND = "#e9ece7";

/** Pixels of a metre on the ground at a zoom and latitude. */
function pixelsPerMetre(zoom: number, latitude: number): number {
  return (512 * 2 ** zoom) / (40_075_016.7 * Math.cos((latitude * Math.PI) / 180));
}

/** A width that is a share of the road's, but never under what can be seen; plus a rim. */
function roadWidth(latitude: number, share: number, rim = 0): ExpressionSpecification {
  const metres: ExpressionSpecification = ["coalesce", ["get", "width_m"], 6.5];
  const at = (zoom: number, least: number): ExpressionSpecification => [
    "+",
    rim,
    ["max", least * (share < 1 ? 0.8 : 1), ["*", metres, share * pixelsPerMetre(zoom, latitude)]],
  ];
  return [
    "interpolate",
    ["exponential", 2],
    ["zoom"],
    9,
    1 + rim,
    12,
    2.4 + rim,
    14,
    at(14, 5),
    16,
    at(16, 8),
    18,
    at(18, 10),
    22,
    at(22, 10),
  ];
}

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

function gradeColour(colours: ClassColours): ExpressionSpecification {
  const pairs = [1, 2, 3, 4, 5, 6].flatMap((number) => {
    const colour = colours[number as ClassNumber];
    return colour === undefined ? [] : [number, colour];
  });
  return ["match", ["get", "class"], ...pairs, colours[0]] as unknown as ExpressionSpecification;
}

export function isSection(sectionId: string | null): FilterSpecification {
  return ["==", ["get", "section_id"], sectionId ?? ""];
}

export function isShown(off: readonly number[]): FilterSpecification {
  return ["!", ["in", ["get", "class"], ["literal", [...off]]]];
}

/** Whether a feature is of one of the wanted groups; null wants all. */
function isOfGroup(groups: readonly number[] | null): ExpressionSpecification {
  if (groups === null) return ["literal", true];
  return ["in", ["coalesce", ["get", "group"], -1], ["literal", [...groups]]];
}

/** Layers that the legend switches, with the filter that is theirs anyway. */
export const GRADED_LAYERS: Readonly<Record<string, ExpressionSpecification>> = {
  "section-casing": [">", ["get", "class"], 0],
  "section-grade": [">", ["get", "class"], 0],
  "section-unknown": ["==", ["get", "class"], 0],
  [HIT_LAYER]: ["literal", true],
  [PLAN_LAYER]: ["has", "treatment"],
};

/** The layers of the findings, which a kind can be switched off in. */
export const FINDING_LAYERS: readonly string[] = ["finding-area", "finding-edge", "finding-rim", MARK_LAYER];

export function shownKinds(off: readonly Kind[], groups: readonly number[] | null): FilterSpecification {
  return ["all", ["!", ["in", ["get", "kind"], ["literal", [...off]]]], isOfGroup(groups)];
}

function kindColour(): ExpressionSpecification {
  const pairs = KINDS.flatMap((kind) => [kind, KIND_COLOURS[kind]]);
  return ["match", ["get", "kind"], ...pairs, "#1d2b31"] as unknown as ExpressionSpecification;
}

export function shownFilter(
  layer: string,
  off: readonly number[],
  groups: readonly number[] | null = null,
): FilterSpecification {
  const own = GRADED_LAYERS[layer] ?? ["literal", true];
  return ["all", own, isShown(off) as ExpressionSpecification, isOfGroup(groups)];
}

export const NOTHING = { type: "FeatureCollection" as const, features: [] };

type Cap = "round" | "butt" | ExpressionSpecification;

/** Ends are cut straight where sections can be told apart, and round where they cannot. */
const SECTION_ENDS: ExpressionSpecification = ["step", ["zoom"], "round", 15.5, "butt"];

function lines(
  id: string,
  source: "streets" | "sections",
  paint: NonNullable<Extract<LayerSpecification, { type: "line" }>["paint"]>,
  options: { filter?: FilterSpecification; minzoom?: number; cap?: Cap } = {},
): LayerSpecification {
  return {
    id,
    type: "line",
    source: "town",
    "source-layer": source,
    layout: {
      "line-cap": options.cap ?? "round",
      "line-join": "round",
      ...(source === "sections" ? { "line-sort-key": ["match", ["get", "class"], 6, 0.5, ["get", "class"]] } : {}),
    },
    paint,
    ...(options.filter ? { filter: options.filter } : {}),
    ...(options.minzoom ? { minzoom: options.minzoom } : {}),
  };
}

function streetLayers(latitude: number): LayerSpecification[] {
  return [
    lines("street-rim", "streets", { "line-color": "#b9c1bf", "line-width": roadWidth(latitude, 1, 2) }),
    lines("street-road", "streets", { "line-color": "#ffffff", "line-width": roadWidth(latitude, 1) }),
  ];
}

function sectionLayers(colours: Palette, off: readonly number[]): LayerSpecification[] {
  const selected = { filter: isSection(null), minzoom: SECTION_ZOOM };
  return [
    lines("section-selected", "sections", { "line-color": "#0b3c4c", "line-width": gradeWidth(13) }, selected),
    lines("section-selected-inner", "sections", { "line-color": "#ffffff", "line-width": gradeWidth(7) }, selected),
    lines("section-hover", "sections", { "line-color": "#0b3c4c", "line-opacity": 0.45, "line-width": gradeWidth(8) }, selected),
    lines("section-focus", "sections", { "line-color": FOCUS, "line-width": gradeWidth(10) }, selected),
    lines(
      "section-unknown",
      "sections",
      {
        "line-color": colours[0],
        "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.7, 14, 1.8, 18, 4],
        "line-dasharray": [2, 1.6],
      },
      { filter: shownFilter("section-unknown", off), cap: "butt" },
    ),
    lines("section-casing", "sections", { "line-color": INK, "line-width": gradeWidth(2.2) }, {
      filter: shownFilter("section-casing", off),
      cap: SECTION_ENDS,
    }),
    lines("section-grade", "sections", { "line-color": gradeColour(colours), "line-width": gradeWidth() }, {
      filter: shownFilter("section-grade", off),
      cap: SECTION_ENDS,
    }),
    lines(HIT_LAYER, "sections", { "line-color": "#000000", "line-opacity": 0, "line-width": 18 }, {
      filter: shownFilter(HIT_LAYER, off),
    }),
  ];
}

function findingLayers(): LayerSpecification[] {
  const source = { source: "town", "source-layer": "findings" };
  return [
    {
      id: "finding-area",
      type: "fill",
      ...source,
      minzoom: 16.5,
      paint: { "fill-color": kindColour(), "fill-opacity": ["match", ["get", "kind"], "pothole", 0.75, 0.35] },
    },
    { id: "finding-edge", type: "line", ...source, minzoom: 16.5, paint: { "line-color": kindColour(), "line-width": 1.4 } },
    {
      id: "finding-rim",
      type: "line",
      ...source,
      minzoom: 16.5,
      paint: { "line-color": "#ffffff", "line-width": 1.2, "line-gap-width": 1.6 },
    },
    {
      id: MARK_LAYER,
      type: "symbol",
      source: "town",
      "source-layer": "finding_marks",
      minzoom: 16.5,
      layout: {
        "icon-image": ["concat", "finding-", ["get", "kind"]],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 16.5, 0.62, 19, 1],
        "icon-padding": 0,
        "icon-overlap": ["step", ["zoom"], "never", 18, "always"],
        "symbol-sort-key": ["-", 0, ["+", ["*", 1000, ["get", "severity"]], ["get", "area_m2"]]],
      },
    },
  ];
}

function labelLayer(): LayerSpecification {
  return {
    id: "street-name",
    type: "symbol",
    source: "town",
    "source-layer": "streets",
    minzoom: 14,
    filter: ["!=", ["get", "name"], ""],
    layout: {
      "symbol-placement": "line",
      "symbol-spacing": 340,
      "text-field": ["get", "name"],
      "text-font": ["system-ui", "sans-serif"],
      "text-size": ["interpolate", ["linear"], ["zoom"], 14, 11, 18, 14.5],
      "text-offset": [
        "interpolate",
        ["linear"],
        ["zoom"],
        14,
        ["literal", [0, 0.9]],
        16,
        ["literal", [0, 1.1]],
        18,
        ["literal", [0, 1.8]],
        20,
        ["literal", [0, 3]],
      ],
      "text-max-angle": 35,
    },
    paint: { "text-color": "#2b3a41", "text-halo-color": LAND, "text-halo-width": 2 },
  };
}

/** A ring about the middle of the section that the keyboard is at, where lines are too thin. */
function focusLayer(): LayerSpecification {
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
function planLayer(): LayerSpecification {
  return {
    id: PLAN_LAYER,
    type: "symbol",
    source: "town",
    "source-layer": "sections",
    minzoom: 15.5,
    filter: shownFilter(PLAN_LAYER, []),
    layout: {
      "symbol-placement": "line-center",
      "text-field": ["to-string", ["get", "year"]],
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
    ["section-grade", "line-color", gradeColour(colours)],
    ["section-grade", "line-width", gradeWidth(0, isPlan)],
    ["section-casing", "line-width", gradeWidth(isPlan ? 1.4 : 2.2, isPlan)],
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

export function townStyle(options: {
  tiles: string;
  colours: Palette;
  latitude: number;
  off: readonly number[];
}): StyleSpecification {
  return {
    version: 8,
    sources: {
      town: { type: "vector", tiles: [options.tiles], minzoom: 5, maxzoom: 16, promoteId: { sections: "section_id" } },
      [FOCUS_SOURCE]: { type: "geojson", data: NOTHING },
    },
    layers: [
      { id: "land", type: "background", paint: { "background-color": LAND } },
      ...streetLayers(options.latitude),
      ...sectionLayers(options.colours, options.off),
      ...findingLayers(),
      labelLayer(),
      planLayer(),
      focusLayer(),
    ],
  };
}
