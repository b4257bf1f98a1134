/** How the town is drawn: the network itself is the background, nothing comes from elsewhere. */

import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  StyleSpecification,
} from "maplibre-gl";

import type { Palette } from "./grades";
import { KIND_COLOURS, KINDS } from "./kinds";
import { lines, planLayer, sectionLayers } from "./sections";
import { FAR, LAND, MARK_LAYER, NEAR, type Shown, shownKinds } from "./shown";

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

const FAR_STREET_WIDTH: ExpressionSpecification = ["interpolate", ["exponential", 2], ["zoom"], 9, 1, 12, 2.4, 14, 5];

function kindColour(): ExpressionSpecification {
  const pairs = KINDS.flatMap((kind) => [kind, KIND_COLOURS[kind]]);
  return ["match", ["get", "kind"], ...pairs, "#1d2b31"] as unknown as ExpressionSpecification;
}

function streetLayers(latitude: number): LayerSpecification[] {
  return [
    // Tiles from afar tell no widths.
    lines("street-far", "streets", { "line-color": "#b9c1bf", "line-width": FAR_STREET_WIDTH }, FAR),
    lines("street-rim", "streets", { "line-color": "#b9c1bf", "line-width": roadWidth(latitude, 1, 2) }, NEAR),
    lines("street-road", "streets", { "line-color": "#ffffff", "line-width": roadWidth(latitude, 1) }, NEAR),
  ];
}

function findingLayers(filter: FilterSpecification): LayerSpecification[] {
  const source = { source: "town", "source-layer": "findings", minzoom: 16.5, filter };
  return [
    {
      id: "finding-area",
      type: "fill",
      ...source,
      paint: { "fill-color": kindColour(), "fill-opacity": ["match", ["get", "kind"], "pothole", 0.75, 0.35] },
    },
    { id: "finding-edge", type: "line", ...source, paint: { "line-color": kindColour(), "line-width": 1.4 } },
    {
      id: "finding-rim",
      type: "line",
      ...source,
      paint: { "line-color": "#ffffff", "line-width": 1.2, "line-gap-width": 1.6 },
    },
    {
      id: MARK_LAYER,
      type: "symbol",
      ...source,
      "source-layer": "finding_marks",
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

/**
 * Layers begin as they are shown: a filter or text that is set later has every tile laid out, and
 * the map drawn, a second time.
 */
export function townStyle(options: {
  tiles: string;
  colours: Palette;
  latitude: number;
  shown: Shown;
}): StyleSpecification {
  const { kindsOff, groups } = options.shown;
  return {
    version: 8,
    sources: {
      town: { type: "vector", tiles: [options.tiles], minzoom: 5, maxzoom: 16, promoteId: { sections: "section_id" } },
    },
    layers: [
      { id: "land", type: "background", paint: { "background-color": LAND } },
      ...streetLayers(options.latitude),
      ...sectionLayers(options.colours, options.shown),
      ...findingLayers(shownKinds(kindsOff, groups)),
      labelLayer(),
      planLayer(options.shown),
    ],
  };
}
