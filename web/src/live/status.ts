import "./live.css";

import type { Formats } from "../i18n/i18n";
import { el } from "../shell/dom";
import type { Vehicle } from "./live";

/** Says which drives are being looked at, for eyes and for screen readers. */
export class LiveStatus {
  readonly element: HTMLElement;
  readonly #formats: Formats;

  constructor(formats: Formats) {
    this.#formats = formats;
    this.element = el("div", {
      class: "live-status",
      attributes: { role: "status", hidden: true, "aria-label": formats.words.live },
    });
  }

  show(vehicles: readonly Vehicle[]): void {
    const { words } = this.#formats;
    const number = (value: number) => this.#formats.number(value);
    this.element.hidden = vehicles.length === 0;
    this.element.replaceChildren(
      ...vehicles.map((one) =>
        el(
          "p",
          {},
          el("span", { class: "live-dot", attributes: { "aria-hidden": "true" } }),
          el("strong", { text: one.drive }),
          ` ${words.liveFrames(number(one.done), number(one.frames))} · ${words.liveSeen(number(one.seen))}`,
        ),
      ),
    );
  }
}
