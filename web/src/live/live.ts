/** News from the service as it comes: where vehicles are, what they see, what became of findings. */

import type { Position } from "../api/types";

/** A vehicle whose drive is being looked at. */
export interface Vehicle {
  drive: string;
  place: Position | null;
  bearing_deg: number;
  done: number;
  frames: number;
  seen: number;
  /** When it was heard of last, milliseconds since 1970. */
  heard: number;
}

/** A damage in a frame, before it is a finding. */
export interface Glimpse {
  drive: string;
  kind: string;
  place: Position;
}

export interface Listeners {
  /** Something moved or was seen. */
  onMove: (vehicles: readonly Vehicle[], glimpses: readonly Glimpse[]) => void;
  /** Findings and grades are other than before. */
  onChanged: () => void;
}

interface About {
  time_s: number;
  drive?: string;
  kind?: string;
  lon?: number;
  lat?: number;
  bearing_deg?: number;
  done?: number;
  frames?: number;
}

/** Who was not heard of for so long has stopped without saying so. */
const SILENT_MS = 90_000;
const MOST_GLIMPSES = 2000;
/** Changes come in bursts: wait for the last of them. */
const SETTLE_MS = 800;

/** Listens for as long as the page is open; the browser connects again by itself, from where it was. */
export class Live {
  readonly #vehicles = new Map<string, Vehicle>();
  #glimpses: Glimpse[] = [];
  #settling: number | undefined;
  readonly #listeners: Listeners;

  constructor(listeners: Listeners) {
    this.#listeners = listeners;
    const source = new EventSource("/api/v1/live");
    const on = (kind: string, follow: (about: About) => void) =>
      source.addEventListener(kind, (event) => follow(JSON.parse(String(event.data)) as About));
    on("drive-started", (about) => this.#onDrive(about));
    on("vehicle", (about) => this.#onDrive(about));
    on("damage-seen", (about) => this.#onSeen(about));
    on("drive-done", (about) => this.#onEnd(about));
    on("drive-failed", (about) => this.#onEnd(about));
    on("findings-changed", () => this.#onChanged());
    on("reload", () => this.#onChanged());
    window.addEventListener("pagehide", () => source.close());
    window.setInterval(() => this.#forgetSilent(), SILENT_MS / 3);
  }

  #onDrive(about: About): void {
    const vehicle = this.#of(about);
    vehicle.place = placeOf(about) ?? vehicle.place;
    vehicle.bearing_deg = about.bearing_deg ?? vehicle.bearing_deg;
    vehicle.done = about.done ?? vehicle.done;
    vehicle.frames = about.frames ?? vehicle.frames;
    this.#tell();
  }

  #onSeen(about: About): void {
    const place = placeOf(about);
    if (!place) return;
    this.#of(about).seen += 1;
    this.#glimpses.push({ drive: about.drive ?? "", kind: about.kind ?? "", place });
    this.#glimpses = this.#glimpses.slice(-MOST_GLIMPSES);
    this.#tell();
  }

  #onEnd(about: About): void {
    this.#forget(about.drive ?? "");
    this.#tell();
  }

  #onChanged(): void {
    window.clearTimeout(this.#settling);
    this.#settling = window.setTimeout(() => this.#listeners.onChanged(), SETTLE_MS);
  }

  #of(about: About): Vehicle {
    const drive = about.drive ?? "";
    const known = this.#vehicles.get(drive);
    const heard = about.time_s * 1000;
    if (known) {
      known.heard = heard;
      return known;
    }
    const made = { drive, place: null, bearing_deg: 0, done: 0, frames: 0, seen: 0, heard };
    this.#vehicles.set(drive, made);
    return made;
  }

  #forget(drive: string): void {
    this.#vehicles.delete(drive);
    this.#glimpses = this.#glimpses.filter((one) => one.drive !== drive);
  }

  #forgetSilent(): void {
    const silent = [...this.#vehicles.values()].filter((one) => Date.now() - one.heard > SILENT_MS);
    for (const one of silent) this.#forget(one.drive);
    if (silent.length) this.#tell();
  }

  #tell(): void {
    this.#listeners.onMove([...this.#vehicles.values()], this.#glimpses);
  }
}

function placeOf(about: About): Position | null {
  return about.lon === undefined || about.lat === undefined ? null : [about.lon, about.lat];
}
