/** Which of the network's groups are wanted: the tiles name each section's by its number. */

import type { Filters, Group } from "../api/types";
import type { State } from "../state/state";

type Chosen = Pick<State, "networks" | "roadClasses" | "keepers" | "areas" | "districts">;

function isWanted<T>(chosen: readonly T[], own: T): boolean {
  return chosen.length === 0 || chosen.includes(own);
}

/** The numbers of the wanted groups; null where all are. */
export function wantedGroups(filters: Filters | null, chosen: Readonly<Chosen>): number[] | null {
  const { networks, roadClasses, keepers, areas, districts } = chosen;
  if (filters === null || isEmpty(chosen)) return null;
  const wanted = (group: Group): boolean =>
    isWanted(networks, group.network) &&
    isWanted(roadClasses, group.road_class) &&
    isWanted(keepers, group.keeper) &&
    isWanted(areas, group.area) &&
    isWanted(districts, group.district);
  return filters.groups.flatMap((group, number) => (wanted(group) ? [number] : []));
}

export function isEmpty(chosen: Readonly<Chosen>): boolean {
  const { networks, roadClasses, keepers, areas, districts } = chosen;
  return [networks, roadClasses, keepers, areas, districts].every((own) => own.length === 0);
}

/** Each value that groups have of something, with its kilometres, by the alphabet; unknown last. */
export function valuesOf<T extends string>(
  groups: readonly Group[],
  value: (group: Group) => T,
): [T, number][] {
  const km = new Map<T, number>();
  for (const group of groups) km.set(value(group), (km.get(value(group)) ?? 0) + group.km);
  const order = (text: string): string => (text === "" || text === "unknown" ? "\uffff" : text);
  return [...km].sort(([one], [other]) =>
    order(one).localeCompare(order(other), undefined, { numeric: true }),
  );
}
