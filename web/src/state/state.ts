/** What the address bar holds: a link to it shows the same map, section and picture. */

import type { Kind, Theme } from "../api/types";
import { isKind } from "../map/kinds";

export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

export interface State {
  map: View | null;
  section: string | null;
  picture: string | null;
  finding: string | null;
  /** What the map is coloured by. */
  theme: Theme;
  /** Grades, or classes of the theme, that are switched off. */
  off: readonly number[];
  /** Kinds of damage that are switched off. */
  kindsOff: readonly Kind[];
  period: string | null;
  street: string;
}

export type Listener = (state: Readonly<State>, before: Readonly<State>) => void;

export const NOTHING: Readonly<State> = {
  map: null,
  section: null,
  picture: null,
  finding: null,
  theme: "grade",
  off: [],
  kindsOff: [],
  period: null,
  street: "",
};

export function readHash(hash: string): State {
  const search = new URLSearchParams(hash.replace(/^#/, ""));
  return {
    map: readView(search.get("map")),
    section: search.get("section"),
    picture: search.get("picture"),
    finding: search.get("finding"),
    theme: readTheme(search.get("theme")),
    off: (search.get("off") ?? "")
      .split(",")
      .filter((part) => /^[0-5]$/.test(part))
      .map(Number),
    kindsOff: (search.get("hide") ?? "").split(",").filter(isKind),
    period: search.get("period"),
    street: search.get("street") ?? "",
  };
}

export const THEMES: readonly Theme[] = ["grade", "seen", "age", "certainty", "change"];

function readTheme(text: string | null): Theme {
  return THEMES.find((theme) => theme === text) ?? "grade";
}

function readView(text: string | null): View | null {
  const [zoom, lat, lon] = (text ?? "").split("/").map((part) => (part === "" ? NaN : Number(part)));
  if (zoom === undefined || lat === undefined || lon === undefined) return null;
  if (![zoom, lat, lon].every(Number.isFinite)) return null;
  if (zoom < 0 || zoom > 22 || Math.abs(lat) > 85 || Math.abs(lon) > 180) return null;
  return { zoom, lat, lon };
}

export function writeHash(state: Readonly<State>): string {
  const search = new URLSearchParams();
  if (state.map) {
    const { zoom, lat, lon } = state.map;
    search.set("map", `${zoom.toFixed(2)}/${lat.toFixed(6)}/${lon.toFixed(6)}`);
  }
  if (state.section) search.set("section", state.section);
  if (state.picture) search.set("picture", state.picture);
  if (state.finding) search.set("finding", state.finding);
  if (state.theme !== "grade") search.set("theme", state.theme);
  if (state.off.length) search.set("off", [...state.off].sort().join(","));
  if (state.kindsOff.length) search.set("hide", [...state.kindsOff].sort().join(","));
  if (state.period) search.set("period", state.period);
  if (state.street) search.set("street", state.street);
  return `#${search.toString().replaceAll("%2F", "/").replaceAll("%2C", ",").replaceAll("%3A", ":")}`;
}

export class AppState {
  #now: State;
  readonly #listeners = new Set<Listener>();

  constructor() {
    this.#now = readHash(location.hash);
    window.addEventListener("hashchange", () => this.#become(readHash(location.hash)));
  }

  get now(): Readonly<State> {
    return this.#now;
  }

  subscribe(listener: Listener): void {
    this.#listeners.add(listener);
  }

  /** Change the state; a newly opened or closed section can be undone by the Back button. */
  set(change: Partial<State>): void {
    const next = { ...this.#now, ...change };
    const hash = writeHash(next);
    if (hash === writeHash(this.#now)) return;
    if (next.section === this.#now.section) history.replaceState(null, "", hash);
    else history.pushState(null, "", hash);
    this.#become(next);
  }

  #become(next: State): void {
    const before = this.#now;
    this.#now = next;
    for (const listener of this.#listeners) listener(next, before);
  }
}
