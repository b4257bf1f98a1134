import { api, isAborted } from "../api/client";
import type { Box, City, Street } from "../api/types";
import type { Formats } from "../i18n/i18n";
import { gradeBadge, palette } from "../map/grades";
import { el } from "../shell/dom";
import { failure } from "../shell/failure";
import type { AppState } from "../state/state";

const SHOWN = 6;
const PAUSE_MS = 200;

/** Finds streets by a part of their name; choosing one shows it on the map. */
export class StreetSearch {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #results = el("ul", { class: "street-results" });
  readonly #city: City;
  readonly #state: AppState;
  readonly #formats: Formats;
  readonly #onFit: (box: Box) => void;
  #timer = 0;
  #request = new AbortController();

  constructor(city: City, state: AppState, formats: Formats, onFit: (box: Box) => void) {
    this.#city = city;
    this.#state = state;
    this.#formats = formats;
    this.#onFit = onFit;
    const { words } = formats;
    this.#input = el("input", {
      attributes: {
        type: "search",
        placeholder: words.searchPlaceholder,
        "aria-label": words.searchStreet,
        autocomplete: "off",
        value: state.now.street,
      },
      on: { input: () => this.#later() },
    });
    state.subscribe((now, before) => {
      // Who types has the word; others may have taken it away.
      if (now.street !== before.street && now.street !== this.#input.value.trim()) {
        this.#input.value = now.street;
      }
    });
    this.element = el("search", { class: "street-search" }, this.#input, this.#results);
  }

  #later(): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#search(), PAUSE_MS);
  }

  async #search(): Promise<void> {
    const wanted = this.#input.value.trim();
    this.#state.set({ street: wanted });
    this.#request.abort();
    this.#request = new AbortController();
    if (wanted === "") {
      this.#results.replaceChildren();
      return;
    }
    try {
      const { items: found } = await api.streets(
        wanted,
        this.#city.period,
        SHOWN,
        this.#request.signal,
      );
      this.#results.replaceChildren(...found.map((street) => el("li", {}, this.#button(street))));
    } catch (fault) {
      if (isAborted(fault)) return;
      const words = this.#formats.words;
      this.#results.replaceChildren(el("li", {}, failure(fault, words, () => void this.#search())));
    }
  }

  #button(street: Street): HTMLElement {
    const formats = this.#formats;
    const figures = `${formats.km(street.graded_km)} / ${formats.km(street.length_km)} km`;
    return el(
      "button",
      {
        attributes: { type: "button", "aria-label": formats.words.showStreet(street.street) },
        on: { click: () => this.#choose(street) },
      },
      gradeBadge(street.worst.number, palette(this.#city)),
      el("strong", { text: street.street }),
      el("span", { class: "quiet", text: figures }),
    );
  }

  #choose(street: Street): void {
    this.#input.value = street.street;
    this.#state.set({ street: street.street });
    this.#results.replaceChildren();
    this.#onFit(street.bounds);
  }
}
