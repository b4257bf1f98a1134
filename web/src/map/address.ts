import { query } from "../api/client";
import type { City } from "../api/types";
import type { State } from "../state/state";

/** The address of the tiles; another one when what they show is. */
export function tilesOf(city: City, now: Readonly<State>): string {
  const version = query({
    period: city.at ? null : city.period,
    theme: now.theme === "grade" ? null : now.theme,
    at: city.at,
    programme: now.theme === "programme" ? now.programme : null,
    street: now.street,
    v: city.stamp,
  });
  return `${location.origin}/tiles/{z}/{x}/{y}.mvt${version}`;
}

/** Whether the tiles are others than before; of another month, the town is asked for first. */
export function hasOtherTiles(now: Readonly<State>, before: Readonly<State>): boolean {
  return (
    now.theme !== before.theme ||
    now.programme !== before.programme ||
    now.street !== before.street
  );
}
