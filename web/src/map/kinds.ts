/** The kinds of damage, their colours and their marks: told apart by shape, not by colour alone. */

import type { Kind } from "../api/types";
import { svg } from "../shell/dom";

export const KINDS: readonly Kind[] = [
  "longitudinal_crack",
  "transverse_crack",
  "crazing",
  "pothole",
  "surface_loss",
  "patch",
];

export function isKind(value: unknown): value is Kind {
  return (KINDS as readonly unknown[]).includes(value);
}

/** The same as in the exports' QGIS styles. */
export const KIND_COLOURS: Readonly<Record<Kind, string>> = {
  longitudinal_crack: "#332288",
  transverse_crack: "#882255",
  crazing: "#aa4499",
  pothole: "#000000",
  surface_loss: "#117733",
  patch: "#0072b2",
};

interface Mark {
  /** Drawn in a square of 24. */
  path: string;
  filled: boolean;
}

export const MARK_SIZE = 24;

/** Along the street is up: a crack along it stands, one across it lies. */
export const MARKS: Readonly<Record<Kind, Mark>> = {
  longitudinal_crack: { path: "M13 5 L10 9.5 L14 14 L11 19", filled: false },
  transverse_crack: { path: "M5 11 L9.5 14 L14 10 L19 13", filled: false },
  crazing: { path: "M9 5 L8 12 L10 19 M15 5 L16 11 L14 19 M5 9 L12 8 L19 10 M5 15 L12 16 L19 14", filled: false },
  pothole: { path: "M6.5 12.5 A5.5 4.2 0 1 0 17.5 12.5 A5.5 4.2 0 1 0 6.5 12.5 Z", filled: true },
  surface_loss: {
    path: "M6 9 L9 6.5 L13 8 L17 6 L18.5 11 L16 13 L18 17 L13 16 L9.5 18 L6.5 16 L8 12.5 Z",
    filled: true,
  },
  patch: { path: "M6.5 8 H17.5 V16.5 H6.5 Z", filled: false },
};

/** A kind's mark for text; the word stands beside it. */
export function kindMark(kind: Kind): SVGElement {
  const { path, filled } = MARKS[kind];
  const colour = KIND_COLOURS[kind];
  return svg(
    "svg",
    { class: "kind-mark", viewBox: `0 0 ${MARK_SIZE} ${MARK_SIZE}`, "aria-hidden": "true" },
    svg("path", { d: path, fill: filled ? colour : "none", stroke: colour }),
  );
}
