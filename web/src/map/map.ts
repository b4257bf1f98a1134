import {
  Map as MapLibreMap,
  type VectorTileSource,
  AttributionControl,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type MapGeoJSONFeature,
  type MapMouseEvent,
  type PointLike,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";

import "maplibre-gl/dist/maplibre-gl.css";
import "./map.css";

import { isAborted, query } from "../api/client";
import type { Box, City, GradeNumber, Position, Theme } from "../api/types";
import type { Formats } from "../i18n/i18n";
import { drawLive } from "../live/layer";
import type { Glimpse, Vehicle } from "../live/live";
import { el } from "../shell/dom";
import type { AppState, State } from "../state/state";
import { gradeBadge, palette, type Palette } from "./grades";
import { findingIcon } from "./icons";
import { isKind, KINDS } from "./kinds";
import {
  FINDING_LAYERS,
  GRADED_LAYERS,
  HIT_LAYER,
  isSection,
  MARK_LAYER,
  SECTION_ZOOM,
  shownFilter,
  shownKinds,
  townStyle,
} from "./style";
import { WholeTownControl } from "./whole_town";

const REACH_PX = 5;
const EDGE_PX = 50;

/** The map: draws the town, follows the state, and turns clicks into state. */
export class TownMap {
  readonly #map: MapLibreMap;
  readonly #state: AppState;
  readonly #formats: Formats;
  readonly #colours: Palette;
  readonly #tip: HTMLElement;
  #city: City;
  #hovered: string | null = null;
  #ready = false;

  constructor(
    container: HTMLElement,
    city: City,
    state: AppState,
    formats: Formats,
    onFailure: () => void,
  ) {
    setWorkerUrl(workerUrl);
    this.#city = city;
    this.#state = state;
    this.#formats = formats;
    this.#colours = palette(city);
    this.#tip = el("div", { class: "map-tip", attributes: { hidden: true } });
    this.#map = this.#create(container, city);
    container.append(this.#tip);
    this.#map.on("error", (event) => {
      if (isAborted(event.error)) return;
      console.error(event.error.message);
      onFailure();
    });
    this.#map.once("style.load", () => this.#begin());
    state.subscribe((now, before) => this.#follow(now, before));
  }

  #create(container: HTMLElement, city: City): MapLibreMap {
    const { words } = this.#formats;
    const view = this.#state.now.map;
    const [west, south, east, north] = city.bounds;
    const map = new MapLibreMap({
      container,
      style: townStyle({
        tiles: tilesOf(city, this.#state.now.theme),
        colours: this.#colours,
        latitude: (south + north) / 2,
        off: this.#state.now.off,
      }),
      ...(view
        ? { center: [view.lon, view.lat], zoom: view.zoom }
        : { bounds: [west, south, east, north], fitBoundsOptions: { padding: 40, maxZoom: 18 } }),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxPitch: 0,
      maxZoom: 21,
      minZoom: 6,
      locale: {
        "Map.Title": words.mapLabel,
        "NavigationControl.ZoomIn": words.zoomIn,
        "NavigationControl.ZoomOut": words.zoomOut,
      },
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new AttributionControl({ compact: true, customAttribution: "MapLibre" }), "bottom-right");
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new WholeTownControl(words.wholeTown, city.bounds), "top-right");
    map.addControl(new ScaleControl({ maxWidth: 120 }), "bottom-left");
    return map;
  }

  #begin(): void {
    for (const kind of KINDS) {
      const { image, ratio } = findingIcon(kind);
      this.#map.addImage(`finding-${kind}`, image, { pixelRatio: ratio });
    }
    this.#ready = true;
    this.#switch(this.#state.now);
    this.#mark(this.#state.now);
    this.#map.on("moveend", () => this.#remember());
    this.#map.on("click", (event) => this.#onClick(event));
    this.#map.on("mousemove", (event) => this.#onMove(event));
    this.#map.on("mouseout", () => this.#hover(null));
    this.#map.on("movestart", () => this.#hover(null));
    const page = document.documentElement;
    this.#map.on("dataloading", () => (page.dataset["map"] = "loading"));
    this.#map.on("movestart", () => (page.dataset["map"] = "loading"));
    this.#map.on("idle", () => (page.dataset["map"] = "idle"));
  }

  #follow(now: Readonly<State>, before: Readonly<State>): void {
    if (!this.#ready) return;
    if (now.theme !== before.theme) this.renew(this.#city);
    if (now.off !== before.off || now.kindsOff !== before.kindsOff) this.#switch(now);
    if (now.section !== before.section) this.#mark(now);
    if (now.map && now.map !== before.map && !this.#isAt(now.map)) {
      this.#map.jumpTo({ center: [now.map.lon, now.map.lat], zoom: now.map.zoom });
    }
  }

  #switch(now: Readonly<State>): void {
    for (const layer of Object.keys(GRADED_LAYERS)) {
      this.#map.setFilter(layer, shownFilter(layer, now.off));
    }
    for (const layer of FINDING_LAYERS) this.#map.setFilter(layer, shownKinds(now.kindsOff));
  }

  #mark(now: Readonly<State>): void {
    for (const layer of ["section-selected", "section-selected-inner"]) {
      this.#map.setFilter(layer, isSection(now.section));
    }
  }

  #isAt(view: NonNullable<State["map"]>): boolean {
    const centre = this.#map.getCenter();
    return (
      Math.abs(centre.lat - view.lat) < 2e-6 &&
      Math.abs(centre.lng - view.lon) < 2e-6 &&
      Math.abs(this.#map.getZoom() - view.zoom) < 0.006
    );
  }

  #remember(): void {
    const centre = this.#map.getCenter();
    this.#state.set({ map: { zoom: this.#map.getZoom(), lat: centre.lat, lon: centre.lng } });
  }

  #at(event: MapMouseEvent): MapGeoJSONFeature | undefined {
    const { x, y } = event.point;
    const reach: [PointLike, PointLike] = [
      [x - REACH_PX, y - REACH_PX],
      [x + REACH_PX, y + REACH_PX],
    ];
    const marks = this.#map.queryRenderedFeatures(reach, { layers: [MARK_LAYER] });
    if (marks[0]) return marks[0];
    const exact = this.#map.queryRenderedFeatures(event.point, { layers: [HIT_LAYER] });
    return exact[0] ?? this.#map.queryRenderedFeatures(reach, { layers: [HIT_LAYER] })[0];
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
    this.#state.set({
      section,
      picture: null,
      finding: typeof finding === "string" ? finding : null,
    });
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
    const told = found && event ? this.#describe(properties) : [];
    this.#tip.hidden = told.length === 0;
    if (!event || told.length === 0) return;
    this.#tip.replaceChildren(...told);
    this.#tip.style.setProperty("--x", `${event.point.x}px`);
    this.#tip.style.setProperty("--y", `${event.point.y}px`);
    const side = event.point.x > this.#map.getCanvas().clientWidth - 200 ? "left" : "right";
    this.#tip.dataset["side"] = side;
  }

  #describe(properties: Record<string, unknown>): HTMLElement[] {
    const { words } = this.#formats;
    const kind = properties["kind"];
    if (isKind(kind)) {
      const length = this.#formats.number(Number(properties["length_m"]), 1);
      const area = this.#formats.number(Number(properties["area_m2"]), 1);
      const severity = words.severity(this.#formats.number(Number(properties["severity"])));
      const text = `${length} m · ${area} m² · ${severity}`;
      return [el("strong", { text: words.kinds[kind] }), el("span", { text })];
    }
    // Far out, sections are joined by what they are coloured by: their grades are not told then.
    if (properties["grade"] === undefined) return [];
    const grade = Number(properties["grade"]) as GradeNumber;
    const street = String(properties["street"] ?? "");
    const index = properties["index"];
    const method = properties["method"] === "handbook" ? "handbook" : "deduct";
    const number =
      typeof index === "number" ? ` · ${this.#formats.number(index)} (${words.methods[method]})` : "";
    return [
      gradeBadge(grade, this.#colours),
      el("span", {}, street ? el("strong", { text: street }) : null, el("span", { text: words.grades[grade] + number })),
    ];
  }

  /** Bring a place into view, close enough to tell sections apart. */
  show(centre: Position): void {
    if (this.#map.getZoom() >= 15.5) this.reveal(centre);
    else this.#map.easeTo({ center: centre, zoom: 17 });
  }

  /** Bring a place into view if it is not. */
  reveal(centre: Position): void {
    const { x, y } = this.#map.project(centre);
    const { clientWidth, clientHeight } = this.#map.getCanvas();
    const inside =
      x > EDGE_PX && y > EDGE_PX && x < clientWidth - EDGE_PX && y < clientHeight - EDGE_PX;
    if (!inside) this.#map.easeTo({ center: centre });
  }

  fit(box: Box): void {
    this.#map.fitBounds(box, { padding: 50, maxZoom: 18 });
  }

  resize(): void {
    this.#map.resize();
  }

  /** Draw the town as it is now: its grades or findings have changed. */
  renew(city: City): void {
    this.#city = city;
    this.#map.getSource<VectorTileSource>("town")?.setTiles([tilesOf(city, this.#state.now.theme)]);
  }

  /** Show the vehicles whose drives are being looked at, and what they have seen. */
  showLive(vehicles: readonly Vehicle[], glimpses: readonly Glimpse[]): void {
    if (this.#ready) drawLive(this.#map, vehicles, glimpses);
  }
}

/** The address of the tiles; another one when what they show is. */
function tilesOf(city: City, theme: Theme): string {
  const version = query({
    period: city.period,
    theme: theme === "grade" ? null : theme,
    v: city.stamp,
  });
  return `${location.origin}/tiles/{z}/{x}/{y}.mvt${version}`;
}
