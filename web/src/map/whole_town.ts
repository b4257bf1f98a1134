import type { IControl, Map as MapLibreMap } from "maplibre-gl";

import type { Box } from "../api/types";
import { el, svg } from "../shell/dom";

/** A button that shows the whole network. */
export class WholeTownControl implements IControl {
  readonly #title: string;
  readonly #bounds: Box;
  #group: HTMLElement | null = null;

  constructor(title: string, bounds: Box) {
    this.#title = title;
    this.#bounds = bounds;
  }

  onAdd(map: MapLibreMap): HTMLElement {
    const picture = svg(
      "svg",
      { viewBox: "0 0 24 24", width: 17, height: 17, "aria-hidden": "true" },
      svg("path", {
        d: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
        fill: "none",
        stroke: "currentColor",
        "stroke-width": 2.2,
      }),
    );
    const button = el(
      "button",
      {
        class: "whole-town",
        attributes: { type: "button", title: this.#title, "aria-label": this.#title },
        on: { click: () => map.fitBounds(this.#bounds, { padding: 40, maxZoom: 18 }) },
      },
      picture,
    );
    this.#group = el("div", { class: "maplibregl-ctrl maplibregl-ctrl-group" }, button);
    return this.#group;
  }

  onRemove(): void {
    this.#group?.remove();
  }
}
