import "./compare.css";

import { api, isAborted } from "../api/client";
import type { Picture, SectionCard } from "../api/types";
import type { Formats } from "../i18n/i18n";
import { el } from "../shell/dom";
import { failure } from "../shell/failure";
import type { AppState } from "../state/state";
import { pictureFigure } from "./figure";
import { iconOf } from "./pictures";

/** One place then and now, side by side: of the finding that is chosen, else of the section. */
export class Compare {
  readonly element: HTMLElement;
  readonly #card: SectionCard;
  readonly #state: AppState;
  readonly #formats: Formats;
  readonly #dialog: HTMLDialogElement;
  readonly #body = el("div", { class: "compare-body" });
  #request = new AbortController();

  constructor(card: SectionCard, state: AppState, formats: Formats) {
    this.#card = card;
    this.#state = state;
    this.#formats = formats;
    const { words } = formats;
    const close = el(
      "button",
      {
        class: "icon-button",
        attributes: { type: "button", title: words.close, "aria-label": words.close },
        on: { click: () => this.#dialog.close() },
      },
      iconOf("close"),
    );
    this.#dialog = el(
      "dialog",
      {
        class: "compare",
        attributes: { "aria-labelledby": "compare-title" },
        on: {
          close: () => this.#state.set({ compare: false }),
          keydown: (event) => {
            // The card stays: Escape closes one thing at a time.
            if (event.key === "Escape") event.stopPropagation();
          },
        },
      },
      el(
        "header",
        { class: "card-head" },
        el("div", {}, el("h3", { text: `${words.thenAndNow}: ${card.street}`, attributes: { id: "compare-title" } })),
        close,
      ),
      this.#body,
    );
    const open = el("button", {
      class: "plain-button compare-open",
      text: words.thenAndNow,
      attributes: { type: "button" },
      on: { click: () => this.#state.set({ compare: true }) },
    });
    // Who may not see pictures, and where there are none, has nothing to compare.
    this.element = el("div", {}, card.pictures.length ? open : null, this.#dialog);
  }

  /** Open or close as the state says; the card must be on the page. */
  follow(): void {
    const { compare } = this.#state.now;
    if (compare && !this.#dialog.open && this.#card.pictures.length) {
      this.#dialog.showModal();
      void this.#load();
    } else if (!compare && this.#dialog.open) this.#dialog.close();
  }

  async #load(): Promise<void> {
    const { words } = this.#formats;
    this.#request.abort();
    this.#request = new AbortController();
    this.#body.replaceChildren(el("p", { class: "quiet", text: words.loading }));
    try {
      const { finding, at } = this.#state.now;
      const { section_id } = this.#card;
      const { pair } = await api.thenAndNow(section_id, finding, at, this.#request.signal);
      this.#body.replaceChildren(
        ...(pair
          ? [this.#column(words.then, pair.before), this.#column(at ? this.#formats.month(at) : words.now, pair.after)]
          : [el("p", { text: words.thenAndNowNone })]),
      );
    } catch (fault) {
      if (isAborted(fault)) return;
      this.#body.replaceChildren(failure(fault, words, () => void this.#load()));
    }
  }

  #column(title: string, picture: Picture): HTMLElement {
    const formats = this.#formats;
    const { street } = this.#card;
    const { finding } = this.#state.now;
    return el(
      "figure",
      {},
      el("figcaption", {}, el("strong", { text: title }), ` ${formats.time(picture.time_s)}`),
      pictureFigure({ picture, street, finding, large: true, formats }),
    );
  }
}
