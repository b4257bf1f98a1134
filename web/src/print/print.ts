import "./print.css";

import type { City, Themed } from "../api/types";
import { filtersInWords } from "../filters/filters";
import type { Formats } from "../i18n/i18n";
import { classBadge, legendNotes, legendTitle, shownClasses, treatmentLines } from "../legend/legend";
import { kindMark, KINDS } from "../map/kinds";
import { el, svg } from "../shell/dom";
import type { AppState, Paper } from "../state/state";
import { scaleBar } from "./scale";

const PAPERS: readonly Paper[] = ["a4", "a3"];
/** Pixels of the printed picture for each of the page's (96 to the inch). */
const SHARPNESS = 2;
/** From here on marks of findings are drawn. */
const MARKS_ZOOM = 16.5;
const METRES_A_PAGE_PIXEL = 0.0254 / 96;

/** What the sheet needs of the map. */
export interface Printable {
  readonly metresAPixel: number;
  picture: () => Promise<string>;
  setSharpness: (ratio: number | null) => void;
  resize: () => void;
}

/** A sheet of paper about the map: what it shows, from when, and how large. */
export class PrintSheet {
  readonly #root: HTMLElement;
  readonly #place: HTMLElement;
  readonly #state: AppState;
  readonly #formats: Formats;
  readonly #map: Printable;
  readonly #bar: HTMLElement;
  readonly #head = el("header", { class: "sheet-head" });
  readonly #side = el("aside", { class: "sheet-side" });
  readonly #foot = el("footer", { class: "sheet-foot" });
  readonly #image: HTMLImageElement;
  #city: City;
  #themed: Themed | null = null;
  #drawing = 0;
  #isDrawn = false;

  constructor(options: {
    root: HTMLElement;
    place: HTMLElement;
    city: City;
    state: AppState;
    formats: Formats;
    map: Printable;
  }) {
    this.#root = options.root;
    this.#place = options.place;
    this.#city = options.city;
    this.#state = options.state;
    this.#formats = options.formats;
    this.#map = options.map;
    this.#image = el("img", {
      class: "sheet-picture",
      attributes: { alt: options.formats.words.printPicture, hidden: true },
    });
    this.#bar = this.#toolbar();
    this.#place.append(this.#image);
    this.#root.append(this.#bar, this.#head, this.#side, this.#foot);
    this.#state.subscribe((now, before) => {
      if (now.print !== before.print) this.#lay();
      else if (now.print) this.#write();
    });
    for (const part of [this.#bar, this.#head, this.#side, this.#foot]) part.hidden = true;
    if (this.#state.now.print !== null) this.#lay();
  }

  /** Tell of another state of the town, or another theme. */
  renew(city: City, themed: Themed | null): void {
    this.#city = city;
    this.#themed = themed;
    if (this.#state.now.print === null) return;
    this.#write();
    // Other colours need not be others to the map, which then draws nothing that it could tell of.
    if (this.#isDrawn) void this.#take();
  }

  /** Take the picture anew: the map has been drawn. */
  async draw(): Promise<void> {
    this.#isDrawn = true;
    await this.#take();
  }

  async #take(): Promise<void> {
    const { print, theme } = this.#state.now;
    // While it is put on paper the map itself is hidden, and its size is none.
    if (print === null || window.matchMedia("print").matches) return;
    // The map may be drawn before it is known what it is coloured by.
    if (theme !== "grade" && this.#themed?.theme !== theme) return;
    const number = (this.#drawing += 1);
    const address = await this.#map.picture();
    if (number !== this.#drawing) return;
    this.#image.src = address;
    await this.#image.decode().catch(() => undefined);
    this.#image.hidden = false;
    this.#write();
    document.documentElement.dataset["print"] = "ready";
  }

  #lay(): void {
    const { print } = this.#state.now;
    const page = document.documentElement;
    page.classList.toggle("printing", print !== null);
    for (const paper of PAPERS) page.classList.toggle(`paper-${paper}`, paper === print);
    for (const part of [this.#bar, this.#head, this.#side, this.#foot]) part.hidden = print === null;
    page.dataset["print"] = "waiting";
    this.#isDrawn = false;
    this.#image.hidden = true;
    this.#map.setSharpness(print === null ? null : SHARPNESS);
    this.#map.resize();
    if (print !== null) this.#write();
  }

  #toolbar(): HTMLElement {
    const { words } = this.#formats;
    const select = el(
      "select",
      { on: { change: () => this.#state.set({ print: select.value as Paper }) } },
      ...PAPERS.map((paper) =>
        el("option", {
          text: paper.toUpperCase(),
          attributes: { value: paper, selected: paper === this.#state.now.print },
        }),
      ),
    );
    const button = (text: string, action: () => void): HTMLElement =>
      el("button", { class: "plain-button", text, attributes: { type: "button" }, on: { click: action } });
    return el(
      "div",
      { class: "print-bar", attributes: { role: "toolbar", "aria-label": words.print } },
      el("label", { class: "period" }, el("span", { text: words.paper }), select),
      button(words.printNow, () => window.print()),
      button(words.printClose, () => this.#state.set({ print: null })),
    );
  }

  #write(): void {
    const { words } = this.#formats;
    const formats = this.#formats;
    const { now } = this.#state;
    const when = this.#city.at ? words.asKnown(formats.month(this.#city.at)) : this.#city.period;
    const parts = [when, ...filtersInWords(now, formats)].filter(Boolean);
    this.#head.replaceChildren(
      el("h1", { text: `${this.#city.name}: ${words.themes[now.theme]}` }),
      el("p", { text: parts.join(" · ") }),
    );
    this.#side.replaceChildren(this.#legend(), ...this.#marks(), northArrow(words.printNorth));
    const ratio = Math.round(this.#map.metresAPixel / METRES_A_PAGE_PIXEL / 100) * 100;
    const drives = formats.number(this.#city.drives);
    this.#foot.replaceChildren(
      scaleBar(this.#map.metresAPixel, formats),
      el("span", { text: words.printScale(formats.number(ratio)) }),
      el("span", { text: `${words.printDate} ${formats.date(Date.now() / 1000)}` }),
      el("span", { class: "sheet-source", text: words.printSource(drives) }),
    );
  }

  #legend(): HTMLElement {
    const formats = this.#formats;
    const { off } = this.#state.now;
    const shown = shownClasses(this.#city, formats, this.#themed).filter((own) => !off.includes(own.number));
    const rows = shown.map((own) =>
      el(
        "li",
        {},
        classBadge(own),
        el("span", { class: "legend-word" }, own.word, own.more ? el("small", { text: own.more }) : null),
        el("span", { class: "legend-km", text: `${formats.km(own.km)} km` }),
      ),
    );
    return el(
      "section",
      {},
      el("h2", { text: legendTitle(formats, this.#themed) }),
      el("ul", {}, ...rows),
      ...legendNotes(this.#city, formats, this.#themed).map((text) => el("p", { text })),
      ...treatmentLines(formats, this.#themed).map((text) => el("p", { text })),
    );
  }

  #marks(): HTMLElement[] {
    const { map, kindsOff } = this.#state.now;
    if (map === null || map.zoom < MARKS_ZOOM) return [];
    const { words } = this.#formats;
    const rows = KINDS.filter((kind) => !kindsOff.includes(kind)).map((kind) =>
      el("li", {}, kindMark(kind), el("span", { class: "legend-word", text: words.kindsMany[kind] })),
    );
    return [el("section", {}, el("h2", { text: words.findings }), el("ul", {}, ...rows))];
  }
}

function northArrow(words: string): HTMLElement {
  return el(
    "div",
    { class: "north", attributes: { role: "img", "aria-label": words } },
    svg(
      "svg",
      { viewBox: "0 0 40 60", width: 34, height: 51, "aria-hidden": "true" },
      svg("path", { d: "M20 4 L32 44 L20 36 Z", fill: "#1c2b32" }),
      svg("path", { d: "M20 4 L8 44 L20 36 Z", fill: "#fff", stroke: "#1c2b32", "stroke-width": 1.5 }),
      svg("text", { x: 20, y: 58, "text-anchor": "middle", "font-size": 14, "font-weight": 700 }, "N"),
    ),
  );
}
