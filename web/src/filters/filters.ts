import "./filters.css";

import type { Area, Filters, NetworkType } from "../api/types";
import type { Formats } from "../i18n/i18n";
import { el } from "../shell/dom";
import type { AppState, State } from "../state/state";
import { isEmpty, valuesOf } from "./groups";

type Attribute = "networks" | "roadClasses" | "keepers" | "areas" | "districts";

/** Chooses sections by what the network says of them; with nothing chosen all are shown. */
export class FilterPanel {
  readonly element: HTMLDetailsElement;
  readonly #state: AppState;
  readonly #formats: Formats;
  readonly #boxes: [HTMLInputElement, Attribute, string][] = [];
  readonly #note = el("span", { class: "quiet" });
  readonly #clear: HTMLButtonElement;

  constructor(filters: Filters, state: AppState, formats: Formats) {
    this.#state = state;
    this.#formats = formats;
    const { words } = formats;
    const { groups } = filters;
    const unknown = (text: string): string => text || words.filterUnknown;
    this.#clear = el("button", {
      class: "plain-button",
      text: words.filterClear,
      attributes: { type: "button" },
      on: { click: () => this.#reset() },
    });
    const sets = [
      this.#fieldset(words.district, "districts", valuesOf(groups, (own) => own.district), (own) => own || words.noDistrict),
      this.#fieldset(words.networkType, "networks", valuesOf(groups, (own) => own.network), (own) => words.networkTypes[own as NetworkType]),
      this.#fieldset(words.roadClass, "roadClasses", valuesOf(groups, (own) => own.road_class), unknown),
      this.#fieldset(words.keeper, "keepers", valuesOf(groups, (own) => own.keeper), unknown),
      this.#fieldset(words.areaOf, "areas", valuesOf(groups, (own) => own.area), (own) => words.areas[own as Area]),
    ].filter((one): one is HTMLElement => one !== null);
    this.element = el(
      "details",
      { class: "filters", attributes: { open: !isEmpty(state.now) } },
      el("summary", {}, `${words.filters} `, this.#note),
      ...sets,
      sets.length ? null : el("p", { class: "quiet", text: words.filtersNone }),
      this.#clear,
    );
    state.subscribe(() => this.#follow());
    this.#follow();
  }

  /** One value alone leaves nothing to choose. */
  #fieldset(
    title: string,
    attribute: Attribute,
    values: [string, number][],
    word: (value: string) => string,
  ): HTMLElement | null {
    if (values.length < 2) return null;
    return el(
      "fieldset",
      {},
      el("legend", { text: title }),
      ...values.map(([value, km]) => this.#box(attribute, value, word(value), km)),
    );
  }

  #box(attribute: Attribute, value: string, word: string, km: number): HTMLElement {
    const box = el("input", {
      attributes: { type: "checkbox", name: attribute, value },
      on: { change: () => this.#choose(attribute, value, box.checked) },
    });
    this.#boxes.push([box, attribute, value]);
    return el(
      "label",
      {},
      box,
      el("span", { text: word }),
      el("span", { class: "legend-km", text: `${this.#formats.km(km)} km` }),
    );
  }

  #choose(attribute: Attribute, value: string, chosen: boolean): void {
    const before: readonly string[] = this.#state.now[attribute];
    const after = chosen ? [...before, value] : before.filter((own) => own !== value);
    this.#state.set({ [attribute]: after } as Partial<State>);
  }

  #reset(): void {
    this.#state.set({ networks: [], roadClasses: [], keepers: [], areas: [], districts: [], street: "" });
    this.element.querySelector("summary")?.focus();
  }

  #follow(): void {
    const { now } = this.#state;
    for (const [box, attribute, value] of this.#boxes) {
      box.checked = (now[attribute] as readonly string[]).includes(value);
    }
    const chosen = this.#boxes.filter(([box]) => box.checked).length;
    this.#note.textContent = chosen ? this.#formats.words.filtersOn(this.#formats.number(chosen)) : "";
    this.#clear.hidden = chosen === 0 && now.street === "";
  }
}

/** What is chosen, in words: for a sheet that is read without the page. */
export function filtersInWords(now: Readonly<State>, formats: Formats): string[] {
  const { words } = formats;
  const unknown = (text: string): string => text || words.filterUnknown;
  const parts: [string, string[]][] = [
    [words.street, now.street ? [`”${now.street}”`] : []],
    [words.networkType, now.networks.map((own) => words.networkTypes[own])],
    [words.roadClass, now.roadClasses.map(unknown)],
    [words.keeper, now.keepers.map(unknown)],
    [words.district, now.districts.map((own) => own || words.noDistrict)],
    [words.areaOf, now.areas.map((own) => words.areas[own])],
  ];
  return parts
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => `${name}: ${values.join(", ")}`);
}
