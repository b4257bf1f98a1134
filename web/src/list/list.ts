import "./list.css";

import { api, isAborted } from "../api/client";
import type { City, Position, SectionRow } from "../api/types";
import type { Formats } from "../i18n/i18n";
import { gradeBadge, palette, type Palette } from "../map/grades";
import { el } from "../shell/dom";
import { failure } from "../shell/failure";
import { filtersOf, type AppState, type State } from "../state/state";

const PAGE = 50;

const CLASSES = [1, 2, 3, 4, 5, 6, 0];

/** What decides what is in the list, as one text. */
function wantedIn(now: Readonly<State>): string {
  const { off, theme, programme, at } = now;
  return JSON.stringify([filtersOf(now), off, at, off.length ? [theme, programme] : null]);
}

/** The sections beside the map, worst first: the map's content for the keyboard. */
export class SectionList {
  readonly element: HTMLElement;
  readonly #city: City;
  readonly #state: AppState;
  readonly #formats: Formats;
  readonly #colours: Palette;
  readonly #onPick: (centre: Position) => void;
  readonly #onFocus: (section: string | null, centre: Position | null) => void;
  readonly #count = el("span", { class: "list-count", attributes: { role: "status" } });
  readonly #pinned = el("div", { class: "pinned", attributes: { hidden: true } });
  readonly #rows = el("ol", { class: "section-rows" });
  readonly #foot = el("div", { class: "list-foot" });
  #loaded: SectionRow[] = [];
  #total = 0;
  #chosen: SectionRow | null = null;
  #request = new AbortController();

  constructor(
    city: City,
    state: AppState,
    formats: Formats,
    on: {
      pick: (centre: Position) => void;
      /** The keyboard is at a row, or has left the list. */
      focus: (section: string | null, centre: Position | null) => void;
    },
  ) {
    this.#city = city;
    this.#state = state;
    this.#formats = formats;
    this.#colours = palette(city);
    this.#onPick = on.pick;
    this.#onFocus = on.focus;
    this.#rows.addEventListener("focusout", () => this.#onFocus(null, null));
    this.#rows.addEventListener("keydown", (event) => this.#onKey(event));
    this.element = el(
      "section",
      { class: "list", attributes: { "aria-labelledby": "list-title" } },
      el(
        "h2",
        { attributes: { id: "list-title", tabindex: -1 } },
        `${formats.words.sections} `,
        el("small", { text: formats.words.worstFirst }),
      ),
      this.#count,
      this.#pinned,
      this.#rows,
      this.#foot,
    );
    state.subscribe((now, before) => {
      if (wantedIn(now) !== wantedIn(before)) void this.load();
      if (now.section !== before.section) this.#mark(true);
    });
  }

  focus(): void {
    const first = this.#rows.querySelector<HTMLButtonElement>("button");
    (first ?? this.element.querySelector<HTMLElement>("h2"))?.focus();
  }

  /** Show the section chosen on the map above the list, unless the list shows it. */
  pin(row: SectionRow): void {
    this.#chosen = row;
    this.#mark(true);
  }

  /** Fetch the first page anew, or one page more. */
  async load(more = false): Promise<void> {
    this.#request.abort();
    this.#request = new AbortController();
    const { signal } = this.#request;
    const { off } = this.#state.now;
    const shown = off.length ? CLASSES.filter((own) => !off.includes(own)) : null;
    if (shown?.length === 0) {
      this.#show([], 0);
      return;
    }
    this.#foot.replaceChildren(el("p", { class: "quiet", text: this.#formats.words.loading }));
    try {
      const offset = more ? this.#loaded.length : 0;
      const { theme, programme, at } = this.#state.now;
      const wanted = {
        ...filtersOf(this.#state.now),
        period: at ? null : this.#city.period,
        at,
        theme: shown ? theme : null,
        programme: shown && theme === "programme" ? programme : null,
        class: shown,
        bbox: null,
        limit: PAGE,
        offset,
      };
      const page = await api.sections(wanted, signal);
      this.#show(more ? [...this.#loaded, ...page.items] : page.items, page.total);
    } catch (fault) {
      if (isAborted(fault)) return;
      this.#foot.replaceChildren(failure(fault, this.#formats.words, () => void this.load(more)));
    }
  }

  #show(rows: SectionRow[], total: number): void {
    const { words } = this.#formats;
    const focused = this.#loaded.length;
    const grown = rows.length > focused && focused > 0 && rows[0] === this.#loaded[0];
    this.#loaded = rows;
    this.#total = total;
    this.#count.textContent = words.sectionsCount(this.#formats.number(total));
    this.#rows.replaceChildren(...rows.map((row) => el("li", {}, this.#row(row))));
    this.#foot.replaceChildren(...this.#footer());
    this.#mark(false);
    if (grown) this.#rows.querySelectorAll("button")[focused]?.focus();
  }

  #footer(): HTMLElement[] {
    const { words } = this.#formats;
    if (this.#total === 0) return [el("p", { class: "quiet", text: words.noSections })];
    const left = Math.min(PAGE, this.#total - this.#loaded.length);
    if (left <= 0) return [];
    return [
      el("button", {
        class: "plain-button",
        text: words.showMore(this.#formats.number(left)),
        attributes: { type: "button" },
        on: { click: () => void this.load(true) },
      }),
    ];
  }

  #row(row: SectionRow): HTMLElement {
    const { words } = this.#formats;
    const place = `${this.#formats.number(row.start_m)}–${this.#formats.number(row.end_m)} m`;
    const then = this.#state.now.at !== null && row.grade.number === 0;
    const word = then ? words.unknownThen : words.grades[row.grade.number];
    const known = row.index !== null;
    return el(
      "button",
      {
        class: "section-row",
        attributes: { type: "button", "data-section": row.section_id },
        on: {
          click: () => this.#pick(row),
          focus: (event) => this.#onFocusRow(event, row),
        },
      },
      gradeBadge(row.grade.number, this.#colours),
      el(
        "span",
        { class: "section-row-text" },
        el("strong", { text: row.street }),
        el("span", { class: "quiet", text: `${word} · ${place}` }),
      ),
      el(
        "span",
        { class: "section-row-index" },
        known ? el("span", { class: "heard", text: `${words.index} ` }) : null,
        row.index === null ? "–" : this.#formats.number(row.index),
        known ? el("span", { class: "heard", text: ` (${words.methods[row.method]})` }) : null,
      ),
    );
  }

  #pick(row: SectionRow): void {
    this.#state.set({ section: row.section_id, picture: null, finding: null });
    this.#onPick(row.centre);
  }

  /** Who clicks sees what was clicked; who goes by keys is shown where it is. */
  #onFocusRow(event: FocusEvent, row: SectionRow): void {
    const button = event.currentTarget as HTMLElement;
    if (button.matches(":focus-visible")) this.#onFocus(row.section_id, row.centre);
  }

  #mark(scroll: boolean): void {
    const { section } = this.#state.now;
    const chosen = this.#chosen?.section_id === section ? this.#chosen : null;
    const listed = this.#loaded.some((row) => row.section_id === section);
    this.#pinned.hidden = chosen === null || listed;
    this.#pinned.replaceChildren();
    if (chosen && !listed) {
      const title = el("h3", { text: this.#formats.words.selectedOnMap });
      const row = this.#row(chosen);
      row.setAttribute("aria-current", "true");
      this.#pinned.append(title, row);
    }
    for (const button of this.#rows.querySelectorAll<HTMLButtonElement>("button")) {
      const own = button.dataset["section"] === section;
      if (own) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
      if (own && scroll) button.scrollIntoView({ block: "nearest" });
    }
  }

  #onKey(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step === undefined) return;
    const buttons = [...this.#rows.querySelectorAll<HTMLButtonElement>("button")];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[Math.min(Math.max(at + step, 0), buttons.length - 1)]?.focus();
    event.preventDefault();
  }
}
