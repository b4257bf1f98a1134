/** A bar of a round length on the ground. */

import type { Formats } from "../i18n/i18n";
import { el } from "../shell/dom";

const LONGEST_PX = 180;
const ROUND = [5, 2, 1];

/** The largest of 1, 2, 5, 10, 20 ... that is not more than a length. */
export function roundBelow(length: number): number {
  const power = 10 ** Math.floor(Math.log10(length));
  return power * (ROUND.find((own) => own * power <= length) ?? 1);
}

export function scaleBar(metresAPixel: number, formats: Formats): HTMLElement {
  const metres = roundBelow(metresAPixel * LONGEST_PX);
  const text = metres >= 1000 ? `${formats.number(metres / 1000)} km` : `${formats.number(metres)} m`;
  return el(
    "span",
    { class: "scale-bar", vars: { "--length": `${metres / metresAPixel}px` } },
    el("span", { text }),
  );
}
