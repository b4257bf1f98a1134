/** Picks sections on the map by keys: Enter begins, arrows go from one to the next. */

import type { Map as MapLibreMap } from "maplibre-gl";

import type { Position } from "../api/types";
import type { Words } from "../i18n/words";
import { el } from "../shell/dom";
import { nearest, nextTowards, type Direction, type Place } from "./steps";
import { HIT_LAYER, SECTION_ZOOM } from "./shown";

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** How much of the map it moves by where no section is in view that way. */
const STEP = 0.35;

type Properties = Record<string, unknown>;

export interface PickerEvents {
  /** The keyboard is at a section, or at none. */
  onStep: (section: string | null, centre: Position | null) => void;
  onPick: (section: string) => void;
  describe: (properties: Properties) => string;
}

export class SectionPicker {
  readonly element: HTMLElement;
  readonly #map: MapLibreMap;
  readonly #words: Words;
  readonly #events: PickerEvents;
  #at: Place<Properties> | null = null;

  constructor(map: MapLibreMap, words: Words, events: PickerEvents) {
    this.#map = map;
    this.#words = words;
    this.#events = events;
    this.element = el("p", { class: "map-pick", attributes: { role: "status", hidden: true } });
    const canvas = map.getCanvas();
    canvas.addEventListener("keydown", (event) => this.#onKey(event));
    canvas.addEventListener("focus", () => {
      // Who clicked has no need of keys.
      if (canvas.matches(":focus-visible")) this.#say(words.pickHint);
    });
    canvas.addEventListener("blur", () => this.#leave());
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const direction = DIRECTIONS[event.key];
    if (this.#at === null) {
      if (event.key !== "Enter") return;
      this.#begin();
    } else if (direction && !event.shiftKey) this.#step(direction);
    else if (event.key === "Enter") this.#events.onPick(this.#at.name);
    else if (event.key === "Escape") this.#stop();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Far out sections cannot be told apart: come closer first. */
  #begin(): void {
    if (this.#map.getZoom() < SECTION_ZOOM) {
      this.#map.jumpTo({ zoom: SECTION_ZOOM + 1 });
      void this.#map.once("idle").then(() => this.#first());
    } else this.#first();
  }

  #first(): void {
    const { clientWidth, clientHeight } = this.#map.getCanvas();
    const found = nearest(this.#places(), [clientWidth / 2, clientHeight / 2]);
    if (found) this.#go(found, `${this.#words.pickStarted}. `);
    else this.#say(this.#words.pickNone);
  }

  #step(direction: Direction, again = true): void {
    const from = this.#at && this.#onScreen(this.#at);
    if (!from) return;
    const found = nextTowards(this.#places(), from, direction);
    if (found) {
      this.#go(found);
      return;
    }
    if (!again) {
      this.#say(this.#words.pickNone);
      return;
    }
    const { clientWidth, clientHeight } = this.#map.getCanvas();
    const by: [number, number] = [direction[0] * clientWidth * STEP, direction[1] * clientHeight * STEP];
    this.#map.panBy(by, { animate: false });
    void this.#map.once("idle").then(() => this.#step(direction, false));
  }

  #go(place: Place<Properties>, before = ""): void {
    this.#at = place;
    this.#events.onStep(place.name, place.centre);
    this.#say(before + this.#events.describe(place.properties));
  }

  #stop(): void {
    this.#at = null;
    this.#events.onStep(null, null);
    this.#say(this.#words.pickStopped);
  }

  #leave(): void {
    this.#at = null;
    this.#events.onStep(null, null);
    this.element.hidden = true;
  }

  #say(text: string): void {
    this.element.hidden = false;
    this.element.textContent = text;
  }

  /** A section where it is now: the map may have moved since. */
  #onScreen(place: Place<Properties>): Place<Properties> {
    const { x, y } = this.#map.project(place.centre);
    return { ...place, point: [x, y] };
  }

  /** The sections in view, each once, with its middle on the screen. */
  #places(): Place<Properties>[] {
    const found = new Map<string, Place<Properties> & { length: number }>();
    const { clientWidth, clientHeight } = this.#map.getCanvas();
    for (const { geometry, properties } of this.#map.queryRenderedFeatures({ layers: [HIT_LAYER] })) {
      const name: unknown = properties["section_id"];
      if (geometry.type !== "LineString" || typeof name !== "string") continue;
      const line = geometry.coordinates as Position[];
      const ends = [line[0], line.at(-1)].map((own) => own && this.#map.project(own));
      const [start, end] = ends;
      const centre = line[Math.floor((line.length - 1) / 2)];
      const following = line[Math.floor((line.length - 1) / 2) + 1];
      if (!start || !end || !centre || !following) continue;
      const middle: Position =
        line.length % 2 ? centre : [(centre[0] + following[0]) / 2, (centre[1] + following[1]) / 2];
      const { x, y } = this.#map.project(middle);
      if (x < 0 || y < 0 || x > clientWidth || y > clientHeight) continue;
      // A tile's edge cuts a section: its longer part tells where it is.
      const length = Math.hypot(end.x - start.x, end.y - start.y);
      const known = found.get(name);
      if (known && known.length >= length) continue;
      found.set(name, { name, properties, point: [x, y], centre: middle, length });
    }
    return [...found.values()];
  }
}
