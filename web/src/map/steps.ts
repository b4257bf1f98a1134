/** From one place on the screen to the next in a direction. */

import type { Position } from "../api/types";

export type Point = readonly [x: number, y: number];
/** Right and down, as the screen has them. */
export type Direction = readonly [right: number, down: number];

export interface Place<T> {
  name: string;
  properties: T;
  point: Point;
  /** Where it is on the earth. */
  centre: Position;
}

/** Places that fall together on the screen are one to the eye. */
const APART_PX = 3;
/** How far aside of the direction a place may lie: about 56 degrees. */
const ASIDE = 1.5;

export function nearest<T>(places: readonly Place<T>[], to: Point): Place<T> | null {
  return least(places, ({ point: [x, y] }) => Math.hypot(x - to[0], y - to[1]));
}

/** The place that lies next in a direction: what lies aside counts double. */
export function nextTowards<T>(
  places: readonly Place<T>[],
  from: Place<T>,
  [right, down]: Direction,
): Place<T> | null {
  const [fromX, fromY] = from.point;
  return least(places, ({ name, point: [x, y] }) => {
    const ahead = (x - fromX) * right + (y - fromY) * down;
    const aside = Math.abs((x - fromX) * down) + Math.abs((y - fromY) * right);
    if (name === from.name || ahead < APART_PX || aside > ahead * ASIDE) return Infinity;
    return Math.hypot(ahead, 2 * aside);
  });
}

function least<T>(places: readonly Place<T>[], cost: (place: Place<T>) => number): Place<T> | null {
  let best: Place<T> | null = null;
  let lowest = Infinity;
  for (const place of places) {
    const own = cost(place);
    if (own < lowest) [best, lowest] = [place, own];
  }
  return best;
}
