/** Vehicles and what they see, drawn over the town. */

import type { GeoJSONSource, LayerSpecification, Map as MapLibreMap } from "maplibre-gl";

import type { Position } from "../api/types";
import type { Glimpse, Vehicle } from "./live";

const SOURCE = "live";
/** Told from every grade and kind, also by the colour-blind: shape and a white rim do the rest. */
const COLOUR = "#7a1fa2";

const LAYERS: readonly LayerSpecification[] = [
  {
    id: "live-seen",
    type: "circle",
    source: SOURCE,
    filter: ["==", ["get", "is"], "seen"],
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 11, 2, 17, 5],
      "circle-color": "#ffffff",
      "circle-stroke-color": COLOUR,
      "circle-stroke-width": 2,
    },
  },
  {
    id: "live-vehicle",
    type: "circle",
    source: SOURCE,
    filter: ["==", ["get", "is"], "vehicle"],
    paint: {
      "circle-radius": 9,
      "circle-color": COLOUR,
      "circle-stroke-color": "#ffffff",
      "circle-stroke-width": 3,
    },
  },
];

interface Mark {
  type: "Feature";
  properties: { is: "vehicle" | "seen" };
  geometry: { type: "Point"; coordinates: Position };
}

function mark(is: "vehicle" | "seen", coordinates: Position): Mark {
  return { type: "Feature", properties: { is }, geometry: { type: "Point", coordinates } };
}

/** Show where vehicles are now and what they have seen; the map's style must be loaded. */
export function drawLive(
  map: MapLibreMap,
  vehicles: readonly Vehicle[],
  glimpses: readonly Glimpse[],
): void {
  const features = [
    ...glimpses.map((one) => mark("seen", one.place)),
    ...vehicles.flatMap((one) => (one.place ? [mark("vehicle", one.place)] : [])),
  ];
  const data = { type: "FeatureCollection" as const, features };
  const source = map.getSource<GeoJSONSource>(SOURCE);
  if (source) {
    void source.setData(data);
    return;
  }
  if (!features.length) return;
  map.addSource(SOURCE, { type: "geojson", data });
  for (const layer of LAYERS) map.addLayer(layer);
}
