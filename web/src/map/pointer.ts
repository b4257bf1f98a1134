/** What the pointer is at: told beside it, and picked with a click. */

import type { Map as MapLibreMap, MapGeoJSONFeature, MapMouseEvent, PointLike } from "maplibre-gl";

import { el } from "../shell/dom";
import { FAR_LAYERS, HIT_LAYER, isSection, MARK_LAYER, SECTION_ZOOM } from "./shown";

const REACH_PX = 5;

export interface PointerEvents {
  onPick: (section: string, finding: string | null) => void;
  describe: (properties: Record<string, unknown>) => HTMLElement[];
}

export class Pointer {
  readonly tip = el("div", { class: "map-tip", attributes: { hidden: true } });
  readonly #map: MapLibreMap;
  readonly #events: PointerEvents;
  #hovered: string | null = null;

  constructor(map: MapLibreMap, events: PointerEvents) {
    this.#map = map;
    this.#events = events;
  }

  /** Follow the pointer; the map's style must be loaded. */
  begin(): void {
    this.#map.on("click", (event) => this.#onClick(event));
    this.#map.on("mousemove", (event) => this.#onMove(event));
    this.#map.on("mouseout", () => this.#hover(null));
    this.#map.on("movestart", () => this.#hover(null));
  }

  #at(event: MapMouseEvent): MapGeoJSONFeature | undefined {
    const { x, y } = event.point;
    const reach: [PointLike, PointLike] = [
      [x - REACH_PX, y - REACH_PX],
      [x + REACH_PX, y + REACH_PX],
    ];
    const marks = this.#map.queryRenderedFeatures(reach, { layers: [MARK_LAYER] });
    if (marks[0]) return marks[0];
    const layers = this.#map.getZoom() < SECTION_ZOOM ? [...FAR_LAYERS] : [HIT_LAYER];
    const exact = this.#map.queryRenderedFeatures(event.point, { layers });
    return exact[0] ?? this.#map.queryRenderedFeatures(reach, { layers })[0];
  }

  #onClick(event: MapMouseEvent): void {
    const found = this.#at(event);
    this.#hover(null);
    if (!found) return;
    const { section_id: section, finding_id: finding } = found.properties as Record<string, unknown>;
    if (typeof section !== "string") {
      this.#map.easeTo({ center: event.lngLat, zoom: SECTION_ZOOM + 2 });
      return;
    }
    this.#events.onPick(section, typeof finding === "string" ? finding : null);
  }

  #onMove(event: MapMouseEvent): void {
    const found = this.#at(event);
    this.#map.getCanvas().style.cursor = found ? "pointer" : "";
    this.#hover(found ?? null, event);
  }

  #hover(found: MapGeoJSONFeature | null, event?: MapMouseEvent): void {
    const properties = (found?.properties ?? {}) as Record<string, unknown>;
    const section = typeof properties["section_id"] === "string" ? properties["section_id"] : null;
    if (section !== this.#hovered) {
      this.#hovered = section;
      this.#map.setFilter("section-hover", isSection(section));
    }
    const told = found && event ? this.#events.describe(properties) : [];
    this.tip.hidden = told.length === 0;
    if (!event || told.length === 0) return;
    this.tip.replaceChildren(...told);
    this.tip.style.setProperty("--x", `${event.point.x}px`);
    this.tip.style.setProperty("--y", `${event.point.y}px`);
    const side = event.point.x > this.#map.getCanvas().clientWidth - 200 ? "left" : "right";
    this.tip.dataset["side"] = side;
  }
}
