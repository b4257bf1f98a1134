import {
  type GeoJSONSource,
  Map as MapLibreMap,
  type VectorTileSource,
  AttributionControl,
  NavigationControl,
  ScaleControl,
  prewarm,
  setWorkerUrl,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";

import "maplibre-gl/dist/maplibre-gl.css";
import "./map.css";

import { isAborted } from "../api/client";
import type { Box, City, Filters, Position, Themed } from "../api/types";
import { wantedGroups } from "../filters/groups";
import type { Formats } from "../i18n/i18n";
import { drawLive } from "../live/layer";
import type { Glimpse, Vehicle } from "../live/live";
import type { AppState, State } from "../state/state";
import { hasOtherTiles, tilesOf } from "./address";
import { palette, type Palette } from "./grades";
import { findingIcon } from "./icons";
import { KINDS } from "./kinds";
import { SectionPicker } from "./picker";
import { Pointer } from "./pointer";
import { type ClassColours, focusLayer, planText, sectionPaint } from "./sections";
import {
  FINDING_LAYERS,
  FOCUS_SOURCE,
  GRADED_LAYERS,
  isSection,
  NOTHING,
  PLAN_LAYER,
  shownFilter,
  shownKinds,
} from "./shown";
import { townStyle } from "./style";
import { described, sectionText } from "./tip";
import { WholeTownControl } from "./whole_town";

const EDGE_PX = 50;
const SETTLE_MS = 100;

setWorkerUrl(workerUrl);
// The worker's code comes while the town is asked for.
prewarm();

/** The map: draws the town, follows the state, and turns clicks into state. */
export class TownMap {
  /** Fulfilled when the first tiles are asked for, or it is known that none will be. */
  readonly asking: Promise<void>;
  readonly #map: MapLibreMap;
  readonly #state: AppState;
  readonly #formats: Formats;
  readonly #colours: Palette;
  readonly #filters: Filters | null;
  readonly #pointer: Pointer;
  #city: City;
  #themed: Themed | null = null;
  #ready = false;
  #switched = "";
  #taking = false;
  #settling = 0;

  constructor(
    container: HTMLElement,
    city: City,
    filters: Filters | null,
    state: AppState,
    formats: Formats,
    onFailure: () => void,
  ) {
    this.#city = city;
    this.#filters = filters;
    this.#state = state;
    this.#formats = formats;
    this.#colours = palette(city);
    this.#map = this.#create(container, city);
    const picker = new SectionPicker(this.#map, formats.words, {
      onStep: (section, centre) => this.focusOn(section, centre),
      onPick: (section) => this.#state.set({ section, picture: null, finding: null }),
      describe: (properties) => sectionText(properties, this.#told),
    });
    this.#pointer = new Pointer(this.#map, {
      onPick: (section, finding) => this.#state.set({ section, picture: null, finding }),
      describe: (properties) => described(properties, this.#told),
    });
    container.append(this.#pointer.tip, picker.element);
    this.#map.on("error", (event) => {
      if (isAborted(event.error)) return;
      console.error(event.error.message);
      onFailure();
    });
    this.#map.once("style.load", () => this.#begin());
    this.asking = new Promise((resolve) => {
      const begun = (): unknown => setTimeout(resolve);
      this.#map.on("sourcedataloading", ({ tile }) => tile && begun());
      this.#map.once("error", begun);
      this.#map.once("idle", begun);
    });
    state.subscribe((now, before) => this.#follow(now, before));
  }

  #create(container: HTMLElement, city: City): MapLibreMap {
    const { words } = this.#formats;
    const view = this.#state.now.map;
    const [west, south, east, north] = city.bounds;
    const map = new MapLibreMap({
      container,
      style: townStyle({
        tiles: tilesOf(city, this.#state.now),
        colours: this.#colours,
        latitude: (south + north) / 2,
        shown: { ...this.#state.now, groups: wantedGroups(this.#filters, this.#state.now) },
      }),
      ...(view
        ? { center: [view.lon, view.lat], zoom: view.zoom }
        : { bounds: [west, south, east, north], fitBoundsOptions: { padding: 40, maxZoom: 18 } }),
      validateStyle: false,
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
    this.paint(this.#themed);
    this.#switch(this.#state.now);
    this.#mark(this.#state.now);
    this.#map.on("moveend", () => this.#remember());
    this.#pointer.begin();
    const page = document.documentElement;
    this.#map.on("dataloading", () => (page.dataset["map"] = "loading"));
    this.#map.on("movestart", () => (page.dataset["map"] = "loading"));
    this.#map.on("idle", () => (page.dataset["map"] = "idle"));
  }

  #follow(now: Readonly<State>, before: Readonly<State>): void {
    if (!this.#ready) return;
    if (hasOtherTiles(now, before)) this.renew(this.#city);
    this.#switch(now);
    if (now.section !== before.section) this.#mark(now);
    if (now.map && now.map !== before.map && !this.#isAt(now.map)) {
      this.#map.jumpTo({ center: [now.map.lon, now.map.lat], zoom: now.map.zoom });
    }
  }

  #switch(now: Readonly<State>): void {
    const groups = wantedGroups(this.#filters, now);
    const filters = JSON.stringify([now.off, now.kindsOff, groups]);
    if (filters === this.#switched) return;
    this.#switched = filters;
    for (const layer of Object.keys(GRADED_LAYERS)) {
      this.#map.setFilter(layer, shownFilter(layer, now.off, groups));
    }
    for (const layer of FINDING_LAYERS) this.#map.setFilter(layer, shownKinds(now.kindsOff, groups));
  }

  /** What words on the map need besides a section's own properties. */
  get #told() {
    const { language } = this.#formats;
    const treatments = new Map(
      this.#themed?.treatments.map((own) => [own.name, own.words[language] ?? own.name]),
    );
    return { formats: this.#formats, colours: this.#colours, at: this.#city.at, treatments };
  }

  /** Colour the sections as a theme's classes are; as grades where there is none. */
  paint(themed: Themed | null): void {
    this.#themed = themed;
    if (!this.#ready) return;
    const isPlan = themed?.theme === "programme";
    const own = Object.fromEntries(themed?.classes.map(({ number, colour }) => [number, colour]) ?? []);
    const colours: ClassColours = { ...this.#colours, ...own };
    for (const [layer, property, value] of sectionPaint(colours, isPlan)) {
      this.#map.setPaintProperty(layer, property, value);
    }
    this.#map.setLayoutProperty(PLAN_LAYER, "text-field", planText([...this.#told.treatments]));
  }

  /** Show where the keyboard is: a section's line, and a ring about its middle. */
  focusOn(section: string | null, centre: Position | null): void {
    if (!this.#ready) return;
    this.#map.setFilter("section-focus", isSection(section));
    const place = { type: "Point" as const, coordinates: centre ?? [0, 0] };
    const ring = { type: "Feature" as const, properties: {}, geometry: place };
    const data = centre ? { ...NOTHING, features: [ring] } : NOTHING;
    const source = this.#map.getSource<GeoJSONSource>(FOCUS_SOURCE);
    if (source) void source.setData(data);
    else if (centre) {
      // Who points never needs it, and a source more is work before the first view.
      this.#map.addSource(FOCUS_SOURCE, { type: "geojson", data });
      this.#map.addLayer(focusLayer());
    }
    if (centre) this.reveal(centre);
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
    // It says that it moves, and does not draw where its size is as it was.
    this.#map.triggerRepaint();
  }

  /** Draw the town as it is now: its grades or findings have changed. */
  renew(city: City): void {
    this.#city = city;
    this.#map.getSource<VectorTileSource>("town")?.setTiles([tilesOf(city, this.#state.now)]);
    this.#settle();
  }

  /** Draw when all tiles are there: of those that came as they were MapLibre tells nothing. */
  #settle(): void {
    window.clearInterval(this.#settling);
    this.#settling = window.setInterval(() => {
      if (!this.#map.isSourceLoaded("town")) return;
      window.clearInterval(this.#settling);
      this.#map.triggerRepaint();
    }, SETTLE_MS);
  }

  /** How far a pixel of the page is on the ground in the middle of the map, metres. */
  get metresAPixel(): number {
    const { lat } = this.#map.getCenter();
    return (40_075_016.7 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** this.#map.getZoom());
  }

  /** Call back whenever all is drawn and nothing moves. */
  onIdle(listener: () => void): void {
    const moved = (): void => {
      this.#taking = false;
    };
    this.#map.on("movestart", moved);
    this.#map.on("dataloading", moved);
    this.#map.on("idle", () => {
      // A picture that is taken draws the map once more: nothing has changed.
      const again = this.#taking;
      this.#taking = false;
      if (!again) listener();
    });
  }

  /** Draw with so many pixels for each of the page's: paper shows more than a screen. */
  setSharpness(ratio: number | null): void {
    this.#map.setPixelRatio(ratio ?? window.devicePixelRatio);
  }

  /** The map as it is drawn, as the address of an image. */
  picture(): Promise<string> {
    return new Promise((resolve) => {
      this.#taking = true;
      // What was drawn is there until the browser shows it, and no longer.
      void this.#map.once("render", () => resolve(this.#map.getCanvas().toDataURL("image/png")));
      this.#map.triggerRepaint();
    });
  }

  /** Show the vehicles whose drives are being looked at, and what they have seen. */
  showLive(vehicles: readonly Vehicle[], glimpses: readonly Glimpse[]): void {
    if (this.#ready) drawLive(this.#map, vehicles, glimpses);
  }
}
