import "./card.css";
import "./pictures.css";

import { api, isAborted } from "../api/client";
import type { City, Finding, SectionCard } from "../api/types";
import type { Formats } from "../i18n/i18n";
import { palette, type Palette } from "../map/grades";
import { el } from "../shell/dom";
import { failure } from "../shell/failure";
import type { AppState } from "../state/state";
import { Compare } from "./compare";
import { OutlookBlock } from "./outlook";
import { extents, facts, findings, gradeBanner, pastGrades, reasons, thenNote } from "./parts";
import { iconOf, Pictures } from "./pictures";

/** All about the selected section: its grade with its reasons, beside its pictures. */
export class Card {
  readonly element: HTMLElement;
  readonly #city: City;
  readonly #state: AppState;
  readonly #formats: Formats;
  readonly #colours: Palette;
  readonly #onToggle: (open: boolean) => void;
  readonly #onShown: (card: SectionCard) => void;
  #pictures: Pictures | null = null;
  #compare: Compare | null = null;
  #request = new AbortController();
  #opener: Element | null = null;

  constructor(
    city: City,
    state: AppState,
    formats: Formats,
    options: { onToggle: (open: boolean) => void; onShown: (card: SectionCard) => void },
  ) {
    this.#city = city;
    this.#state = state;
    this.#formats = formats;
    this.#colours = palette(city);
    this.#onToggle = options.onToggle;
    this.#onShown = options.onShown;
    this.element = el("aside", {
      class: "card",
      attributes: { hidden: true, "aria-label": formats.words.card, tabindex: -1 },
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.element.hidden) this.#close();
    });
    state.subscribe((now, before) => {
      const isOther = now.section !== before.section || now.at !== before.at;
      if (isOther || now.programme !== before.programme) void this.load();
      else {
        this.#pictures?.follow();
        this.#compare?.follow();
      }
      this.#markFinding();
    });
  }

  /** Show the section that the state names; hide the card where there is none. */
  async load(): Promise<void> {
    this.#request.abort();
    this.#request = new AbortController();
    const { section } = this.#state.now;
    const opening = this.element.hidden && section !== null;
    if (opening) this.#opener = document.activeElement;
    this.element.hidden = section === null;
    if (opening || section === null) this.#onToggle(section !== null);
    if (section === null) {
      this.#pictures = this.#compare = null;
      this.element.replaceChildren();
      if (this.#opener instanceof HTMLElement && this.#opener.isConnected) this.#opener.focus();
      return;
    }
    this.element.setAttribute("aria-busy", "true");
    try {
      const { at } = this.#state.now;
      const moment = { period: at ? null : this.#city.period, at };
      this.#show(await api.section(section, moment, this.#request.signal), opening);
    } catch (fault) {
      if (isAborted(fault)) return;
      const again = failure(fault, this.#formats.words, () => void this.load());
      this.element.replaceChildren(this.#closeButton(), again);
    }
    this.element.removeAttribute("aria-busy");
  }

  #show(card: SectionCard, opening: boolean): void {
    const formats = this.#formats;
    const { at } = this.#state.now;
    this.#pictures = new Pictures(card, this.#state, formats, this.#city.may_review);
    this.#compare = new Compare(card, this.#state, formats);
    this.element.replaceChildren(
      this.#head(card),
      ...thenNote(card, at, formats),
      gradeBanner(card, this.#colours, formats, at),
      this.#pictures.element,
      this.#compare.element,
      ...[
        this.#outlook(card),
        reasons(card, formats),
        extents(card, formats),
        findings(card, formats, (finding) => this.#pick(finding)),
        pastGrades(card, this.#colours, formats),
        facts(card, formats),
      ].filter((part): part is HTMLElement => part !== null),
    );
    this.#compare.follow();
    this.element.scrollTop = 0;
    this.#markFinding();
    if (opening) this.element.focus({ preventScroll: true });
    this.#onShown(card);
  }

  /** Costs and plans are of now, and of a city with its settings. */
  #outlook(card: SectionCard): HTMLElement | null {
    const { at, programme } = this.#state.now;
    if (at !== null || !this.#city.themes.includes("life")) return null;
    const asked = { period: this.#city.period, programme };
    return new OutlookBlock(card, this.#formats, asked, this.#request.signal).element;
  }

  #head(card: SectionCard): HTMLElement {
    const { words } = this.#formats;
    const from = this.#formats.number(card.start_m);
    const to = this.#formats.number(card.end_m);
    return el(
      "header",
      { class: "card-head" },
      el("div", {}, el("h2", { text: card.street }), el("p", { class: "quiet", text: `${words.sectionId} ${from}–${to} m` })),
      this.#step("previous", words.previousSection, card.before_id),
      this.#step("next", words.nextSection, card.after_id),
      this.#linkButton(),
      this.#closeButton(),
    );
  }

  #step(icon: "previous" | "next", label: string, section: string | null): HTMLElement {
    return this.#iconButton(icon, label, () => this.#state.set({ section, picture: null, finding: null, compare: false }), section === null);
  }

  #linkButton(): HTMLElement {
    const { words } = this.#formats;
    const button = this.#iconButton("link", words.copyLink, () => {
      void navigator.clipboard?.writeText(location.href).then(() => {
        button.title = words.copied;
        button.setAttribute("aria-label", words.copied);
        button.classList.add("done");
      });
    });
    return button;
  }

  #closeButton(): HTMLElement {
    return this.#iconButton("close", this.#formats.words.close, () => this.#close());
  }

  #iconButton(icon: Parameters<typeof iconOf>[0], label: string, action: () => void, disabled = false): HTMLElement {
    return el(
      "button",
      {
        class: "icon-button",
        attributes: { type: "button", title: label, "aria-label": label, disabled },
        on: { click: action },
      },
      iconOf(icon),
    );
  }

  #close(): void {
    this.#state.set({ section: null, picture: null, finding: null, compare: false });
  }

  #pick(finding: Finding): void {
    this.#state.set({ finding: finding.finding_id, picture: null });
  }

  #markFinding(): void {
    for (const row of this.element.querySelectorAll<HTMLElement>(".finding-row")) {
      const own = row.dataset["finding"] === this.#state.now.finding;
      row.setAttribute("aria-pressed", String(own));
    }
  }
}
