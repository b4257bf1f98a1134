import type { Hidden, Picture, SectionCard } from "../api/types";
import type { Formats } from "../i18n/i18n";
import { el, svg } from "../shell/dom";
import type { AppState } from "../state/state";
import { pictureFigure } from "./figure";
import { Review } from "./review";

/** The pictures of a section, one at a time; arrow keys turn them, a dialog enlarges them. */
export class Pictures {
  readonly element: HTMLElement;
  readonly #card: SectionCard;
  readonly #state: AppState;
  readonly #formats: Formats;
  readonly #stages: HTMLElement[] = [];
  readonly #numbers: HTMLElement[] = [];
  readonly #captions: HTMLElement[] = [];
  readonly #reviews: Review[] = [];
  readonly #dialog: HTMLDialogElement;
  #shown = -1;
  #drawn = "";

  constructor(card: SectionCard, state: AppState, formats: Formats, mayReview: boolean) {
    this.#card = card;
    this.#state = state;
    this.#formats = formats;
    const { words } = formats;
    this.#dialog = el("dialog", {
      class: "enlarged",
      attributes: { "aria-label": words.enlarge },
      on: { keydown: (event) => this.#onKey(event), click: (event) => this.#onBackdrop(event) },
    });
    this.element = el("section", {
      class: "pictures",
      attributes: { "aria-label": words.pictures },
      on: { keydown: (event) => this.#onKey(event) },
    });
    if (card.pictures.length === 0) {
      this.element.append(el("p", { class: "quiet", text: words.noPictures }));
      return;
    }
    this.element.append(this.#viewer(this.#button("enlarge", words.enlarge, () => this.#enlarge()), mayReview));
    this.#dialog.append(this.#viewer(this.#button("close", words.close, () => this.#dialog.close()), mayReview));
    this.element.append(this.#dialog);
    this.follow();
  }

  /** Show the picture that the state names; else the first with the finding; else the first. */
  follow(): void {
    const { picture, finding } = this.#state.now;
    const { pictures } = this.#card;
    const named = pictures.findIndex((own) => own.picture_id === picture);
    const having = finding
      ? pictures.findIndex((own) => own.outlines.some((seen) => seen.finding_id === finding))
      : -1;
    this.#show(named >= 0 ? named : Math.max(having, 0));
  }

  #viewer(corner: HTMLElement, mayReview: boolean): HTMLElement {
    const { words } = this.#formats;
    const stage = el("div", { class: "stage" });
    const number = el("strong", { class: "picture-number", attributes: { "aria-live": "polite" } });
    const caption = el("p", { class: "picture-caption quiet" });
    this.#numbers.push(number);
    this.#stages.push(stage);
    this.#captions.push(caption);
    const marked = el("input", {
      attributes: { type: "checkbox", checked: true },
      on: { change: (event) => this.#toggle(event.currentTarget as HTMLInputElement) },
    });
    const review = mayReview ? this.#review() : null;
    return el(
      "div",
      { class: "viewer" },
      stage,
      review?.panel,
      el(
        "div",
        { class: "viewer-bar" },
        this.#button("previous", words.previousPicture, () => this.#turn(-1)),
        this.#button("next", words.nextPicture, () => this.#turn(1)),
        number,
        el("label", { class: "mark-switch" }, marked, el("span", { text: words.outlines })),
        corner,
      ),
      caption,
      review?.element,
    );
  }

  #review(): Review {
    const review = new Review(this.#formats, `missed-kind-${this.#reviews.length}`, {
      hidden: (hidden) => this.#onHidden(hidden),
      removed: (removed) => this.#onRemoved(removed.picture_id),
    });
    this.#reviews.push(review);
    return review;
  }

  #onHidden({ picture_id, url, hidden_regions }: Hidden): void {
    const place = this.#card.pictures.findIndex((own) => own.picture_id === picture_id);
    const picture = this.#card.pictures[place];
    if (!picture) return;
    this.#card.pictures[place] = { ...picture, url, hidden_regions };
    this.#show(this.#shown);
  }

  #onRemoved(pictureId: string): void {
    const { pictures } = this.#card;
    const place = pictures.findIndex((own) => own.picture_id === pictureId);
    if (place < 0) return;
    pictures.splice(place, 1);
    if (pictures.length === 0) {
      this.#dialog.close();
      const gone = el("p", { class: "quiet", text: this.#formats.words.removedNow });
      this.element.replaceChildren(gone);
      this.#state.set({ picture: null });
      return;
    }
    this.#show(Math.min(place, pictures.length - 1));
    this.#state.set({ picture: pictures[this.#shown]?.picture_id ?? null });
  }

  #toggle(input: HTMLInputElement): void {
    this.element.classList.toggle("unmarked", !input.checked);
    for (const own of this.element.querySelectorAll<HTMLInputElement>(".mark-switch input")) {
      own.checked = input.checked;
    }
  }

  #show(number: number): void {
    const picture = this.#card.pictures[number];
    if (!picture) return;
    this.#shown = number;
    const { finding } = this.#state.now;
    for (const text of this.#numbers) text.textContent = this.#numberText(number);
    for (const caption of this.#captions) caption.textContent = this.#caption(picture);
    // Drawn anew, it would lose a box that is being drawn over it.
    const wanted = `${picture.url} ${finding}`;
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    const { street } = this.#card;
    const formats = this.#formats;
    this.#stages.forEach((stage, place) => {
      const large = place > 0;
      const figure = pictureFigure({ picture, street, finding, large, formats });
      stage.replaceChildren(figure);
      this.#reviews[place]?.follow(picture, figure);
    });
  }

  #numberText(number: number): string {
    const formats = this.#formats;
    const total = formats.number(this.#card.pictures.length);
    return formats.words.pictureOf(formats.number(number + 1), total);
  }

  #caption(picture: Picture): string {
    const formats = this.#formats;
    const { words } = formats;
    const hidden = picture.hidden_regions
      ? ` · ${words.hidden(formats.number(picture.hidden_regions))}`
      : "";
    return formats.time(picture.time_s) + hidden;
  }

  #turn(step: number): void {
    const count = this.#card.pictures.length;
    const next = this.#card.pictures[(this.#shown + step + count) % count];
    if (next) this.#state.set({ picture: next.picture_id });
  }

  #enlarge(): void {
    this.#dialog.showModal();
  }

  #onBackdrop(event: MouseEvent): void {
    if (event.target === this.#dialog) this.#dialog.close();
  }

  #onKey(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };
    const step = steps[event.key];
    if (event.key === "Escape" && this.#dialog.open) event.stopPropagation();
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#turn(step);
  }

  #button(icon: keyof typeof ICONS, label: string, action: () => void): HTMLElement {
    return el(
      "button",
      {
        class: "icon-button",
        attributes: { type: "button", title: label, "aria-label": label },
        on: { click: action },
      },
      iconOf(icon),
    );
  }
}

const ICONS = {
  previous: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  enlarge: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  close: "M6 6l12 12M18 6L6 18",
  link: "M10 14a4 4 0 0 0 5.700 0l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3a4 4 0 0 0 5.700 5.700l1-1",
} as const;

export function iconOf(name: keyof typeof ICONS): SVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true" },
    svg("path", {
      d: ICONS[name],
      fill: "none",
      stroke: "currentColor",
      "stroke-width": 2.2,
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
    }),
  );
}
