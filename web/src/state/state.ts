/** What the address bar holds: a link to it shows the same map, section and picture. */

import type { Moment } from "../api/client";
import type { Area, Kind, NetworkType, Theme } from "../api/types";
import { isKind } from "../map/kinds";

export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

export type Paper = "a4" | "a3";

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
  /** A month, as 2026-05: the town as it was known at its end; null for now. */
  at: string | null;
  /** The saved programme that is shown; the latest if null. */
  programme: string | null;
  street: string;
  /** Only these; empty is all. The empty text is what the network does not say. */
  networks: readonly NetworkType[];
  roadClasses: readonly string[];
  keepers: readonly string[];
  areas: readonly Area[];
  districts: readonly string[];
  /** Whether the selected place is compared, then and now. */
  compare: boolean;
  /** The sheet that the map is laid out on. */
  print: Paper | null;
}

/** When the town is shown; a month says more than its period. */
export function momentOf({ period, at }: Readonly<State>): Moment {
  return { period: at ? null : period, at };
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
  at: null,
  programme: null,
  street: "",
  networks: [],
  roadClasses: [],
  keepers: [],
  areas: [],
  districts: [],
  compare: false,
  print: null,
};

/** The filters as the service takes them. */
export function filtersOf(state: Readonly<State>) {
  const { street, networks, roadClasses, keepers, areas, districts } = state;
  return {
    street,
    network: networks,
    road_class: roadClasses,
    keeper: keepers,
    area: areas,
    district: districts,
  };
}

const NETWORKS: readonly NetworkType[] = ["car", "cycle", "foot"];
const AREAS: readonly Area[] = ["built-up", "outside", "unknown"];
const PAPERS: readonly Paper[] = ["a4", "a3"];
const MONTH = /^(19|20)\d\d-(0[1-9]|1[0-2])$/;

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
      .filter((part) => /^[0-6]$/.test(part))
      .map(Number),
    kindsOff: (search.get("hide") ?? "").split(",").filter(isKind),
    period: search.get("period"),
    at: readMonth(search.get("at")),
    programme: search.get("programme"),
    street: search.get("street") ?? "",
    networks: NETWORKS.filter((own) => search.getAll("network").includes(own)),
    roadClasses: search.getAll("class"),
    keepers: search.getAll("keeper"),
    areas: AREAS.filter((own) => search.getAll("area").includes(own)),
    districts: search.getAll("district"),
    compare: search.get("compare") === "1",
    print: PAPERS.find((own) => own === search.get("print")) ?? null,
  };
}

function readMonth(text: string | null): string | null {
  return text !== null && MONTH.test(text) ? text : null;
}

export const THEMES: readonly Theme[] = [
  "grade",
  "seen",
  "age",
  "certainty",
  "change",
  "debt",
  "life",
  "programme",
];

/** Themes that are of now only. */
export const NOW_ONLY: readonly Theme[] = ["debt", "life", "programme"];

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
  if (state.at) search.set("at", state.at);
  if (state.programme) search.set("programme", state.programme);
  if (state.street) search.set("street", state.street);
  for (const own of state.networks) search.append("network", own);
  for (const own of state.roadClasses) search.append("class", own);
  for (const own of state.keepers) search.append("keeper", own);
  for (const own of state.areas) search.append("area", own);
  for (const own of state.districts) search.append("district", own);
  if (state.compare) search.set("compare", "1");
  if (state.print) search.set("print", state.print);
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

  /** Tell a listener of every change, until the signal is aborted. */
  subscribe(listener: Listener, signal?: AbortSignal): void {
    this.#listeners.add(listener);
    signal?.addEventListener("abort", () => this.#listeners.delete(listener));
  }

  /** Change the state; a newly opened or closed section can be undone by the Back button. */
  set(change: Partial<State>): void {
    const next = { ...this.#now, ...change };
    const hash = writeHash(next);
    if (hash === writeHash(this.#now)) return;
    const stays = next.section === this.#now.section && next.print === this.#now.print;
    if (stays) history.replaceState(null, "", hash);
    else history.pushState(null, "", hash);
    this.#become(next);
  }

  #become(next: State): void {
    const before = this.#now;
    this.#now = next;
    for (const listener of this.#listeners) listener(next, before);
  }
}
