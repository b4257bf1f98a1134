/** What is shown: layers by name, and the filters that the legend and the panel switch. */

import type { ExpressionSpecification, FilterSpecification } from "maplibre-gl";

import type { Kind } from "../api/types";

/** From here on tiles name each section; below, sections of a grade are merged. */
export const SECTION_ZOOM = 14;
/** Where sections are told apart: wider than they are drawn. */
export const HIT_LAYER = "section-hit";
/** Where they are not. */
export const FAR_LAYERS: readonly string[] = [
  "section-grade-far",
  "section-unknown-far",
  "section-grade",
  "section-unknown",
];
/**
 * From afar lines are drawn plainly, as tens of thousands are seen at once: without joints, caps and
 * dashes that nobody could tell. A tile on either side holds both kinds, so that one kind is there
 * until the other's tiles are.
 */
export const FAR = { maxzoom: 13.01, cap: "butt", join: "miter" } as const;
export const NEAR = { minzoom: 12.99 } as const;
export const MARK_LAYER = "finding-mark";
export const PLAN_LAYER = "section-plan";
export const FOCUS_SOURCE = "focus";

export const LAND = "#e9ece7";

/** What is left out, and what is chosen. */
export interface Shown {
  off: readonly number[];
  kindsOff: readonly Kind[];
  /** Groups of sections; null is all. */
  groups: readonly number[] | null;
  section: string | null;
}

export function isSection(sectionId: string | null): FilterSpecification {
  return ["==", ["get", "section_id"], sectionId ?? ""];
}

export function isShown(off: readonly number[]): FilterSpecification {
  return ["!", ["in", ["get", "class"], ["literal", [...off]]]];
}

/** Whether a feature is of one of the wanted groups; null wants all. */
function isOfGroup(groups: readonly number[] | null): ExpressionSpecification {
  if (groups === null) return ["literal", true];
  return ["in", ["coalesce", ["get", "group"], -1], ["literal", [...groups]]];
}

const IS_KNOWN: ExpressionSpecification = [">", ["get", "class"], 0];
const IS_UNKNOWN: ExpressionSpecification = ["==", ["get", "class"], 0];

/** Layers that the legend switches, with the filter that is theirs anyway. */
export const GRADED_LAYERS: Readonly<Record<string, ExpressionSpecification>> = {
  "section-casing-far": IS_KNOWN,
  "section-grade-far": IS_KNOWN,
  "section-unknown-far": IS_UNKNOWN,
  "section-casing": IS_KNOWN,
  "section-grade": IS_KNOWN,
  "section-unknown": IS_UNKNOWN,
  [HIT_LAYER]: ["literal", true],
  [PLAN_LAYER]: ["has", "treatment"],
};

/** The layers of the findings, which a kind can be switched off in. */
export const FINDING_LAYERS: readonly string[] = ["finding-area", "finding-edge", "finding-rim", MARK_LAYER];

export function shownKinds(off: readonly Kind[], groups: readonly number[] | null): FilterSpecification {
  return ["all", ["!", ["in", ["get", "kind"], ["literal", [...off]]]], isOfGroup(groups)];
}

export function shownFilter(
  layer: string,
  off: readonly number[],
  groups: readonly number[] | null = null,
): FilterSpecification {
  const own = GRADED_LAYERS[layer] ?? ["literal", true];
  return ["all", own, isShown(off) as ExpressionSpecification, isOfGroup(groups)];
}

export const NOTHING = { type: "FeatureCollection" as const, features: [] };
