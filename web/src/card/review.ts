import "./review.css";

import { api, RequestError } from "../api/client";
import type { Hidden, MissedKind, Picture, Removed } from "../api/types";
import type { Formats } from "../i18n/i18n";
import { el } from "../shell/dom";
import { Marker } from "./marker";

const KINDS: readonly MissedKind[] = ["face", "plate", "other"];

/** Hiding what was missed in a picture, and removing the picture: each asks before it acts. */
export class Review {
  /** The two buttons, and what became of it. */
  readonly element: HTMLElement;
  /** What is asked; it belongs right behind the picture, so that Tab leads there from the box. */
  readonly panel = el("div", {
    class: "review-panel",
    attributes: { hidden: true },
    on: { keydown: (event) => this.#onKey(event) },
  });
  readonly #formats: Formats;
  readonly #onHidden: (hidden: Hidden) => void;
  readonly #onRemoved: (removed: Removed) => void;
  readonly #hideButton: HTMLElement;
  readonly #removeButton: HTMLElement;
  readonly #group: string;
  readonly #status = el("p", { class: "review-status", attributes: { role: "status" } });
  #picture: Picture | null = null;
  #frame: HTMLElement | null = null;
  #marker: Marker | null = null;
  #kind: MissedKind = "face";
  #busy = false;

  constructor(
    formats: Formats,
    group: string,
    on: { hidden: (hidden: Hidden) => void; removed: (removed: Removed) => void },
  ) {
    this.#formats = formats;
    this.#group = group;
    this.#onHidden = on.hidden;
    this.#onRemoved = on.removed;
    const { words } = formats;
    this.#hideButton = this.#button(words.hideMissed, () => this.#startHiding());
    this.#removeButton = this.#button(words.removePicture, () => this.#startRemoving());
    this.element = el(
      "div",
      { class: "review" },
      el("div", { class: "review-bar" }, this.#hideButton, this.#removeButton),
      this.#status,
    );
  }

  /** Work on the picture that is shown now, in its frame. */
  follow(picture: Picture, frame: HTMLElement): void {
    if (picture.picture_id !== this.#picture?.picture_id) this.say("");
    this.#picture = picture;
    this.#frame = frame;
    this.#close();
  }

  /** Tell what became of it. */
  say(text: string): void {
    this.#status.textContent = text;
  }

  #startHiding(): void {
    const picture = this.#picture;
    if (!picture || !this.#frame) return;
    this.#close();
    this.say("");
    const { words } = this.#formats;
    const size = { width: picture.width_px, height: picture.height_px };
    this.#marker = new Marker(size, this.#formats, {
      accept: () => void this.#hide(),
      cancel: () => this.#cancel(),
    });
    this.#frame.append(this.#marker.element);
    this.#open(
      el("p", { text: words.hideHint }),
      el(
        "fieldset",
        {},
        el("legend", { text: words.missedKind }),
        ...KINDS.map((kind) => this.#choice(kind)),
      ),
      this.#marker.place,
      this.#answers(words.hideNow, () => void this.#hide()),
    );
    this.#marker.focus();
  }

  #startRemoving(): void {
    this.#close();
    this.say("");
    const { words } = this.#formats;
    const reason = el("input", {
      attributes: { type: "text", maxlength: 500, required: true, autocomplete: "off" },
      on: {
        keydown: (event) => {
          if (event.key === "Enter") void this.#remove(reason);
        },
      },
    });
    this.#open(
      el("p", { text: words.removeHint }),
      el("label", { class: "review-reason" }, el("span", { text: words.removeReason }), reason),
      this.#answers(words.removeNow, () => void this.#remove(reason)),
    );
    reason.focus();
  }

  async #hide(): Promise<void> {
    const marker = this.#marker;
    const picture = this.#picture;
    if (!marker || !picture) return;
    await this.#act(async () => {
      const hidden = await api.hide(picture.picture_id, marker.box, this.#kind);
      const { words } = this.#formats;
      this.#close();
      this.#onHidden(hidden);
      this.say(hidden.copies > 0 ? words.hiddenNow : words.hiddenBefore);
      this.#hideButton.focus();
    });
  }

  async #remove(input: HTMLInputElement): Promise<void> {
    const picture = this.#picture;
    const { words } = this.#formats;
    const reason = input.value.trim();
    if (!picture) return;
    if (!reason) {
      this.say(words.reasonNeeded);
      input.focus();
      return;
    }
    await this.#act(async () => {
      const removed = await api.remove(picture.picture_id, reason);
      const before = words.removedBefore(this.#formats.date(removed.removed_s), removed.reason);
      this.#onRemoved(removed);
      this.say(removed.copies > 0 ? words.removedNow : before);
      this.#removeButton.focus();
    });
  }

  async #act(action: () => Promise<void>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.say(this.#formats.words.working);
    try {
      await action();
    } catch (fault) {
      const known = fault instanceof RequestError ? fault : null;
      const { words } = this.#formats;
      const why = known?.status === 0 ? words.offline : [known?.message, known?.remedy].filter(Boolean).join(". ");
      this.say(`${words.notChanged} ${why}`.trim());
    } finally {
      this.#busy = false;
    }
  }

  #choice(kind: MissedKind): HTMLElement {
    const input = el("input", {
      attributes: { type: "radio", name: this.#group, value: kind, checked: kind === this.#kind },
      on: { change: () => (this.#kind = kind) },
    });
    return el("label", {}, input, el("span", { text: this.#formats.words.missedKinds[kind] }));
  }

  #answers(label: string, action: () => void): HTMLElement {
    const act = this.#button(label, action);
    act.classList.add("for-good");
    const cancel = this.#button(this.#formats.words.cancel, () => this.#cancel());
    return el("div", { class: "review-bar" }, act, cancel);
  }

  #open(...parts: HTMLElement[]): void {
    this.panel.replaceChildren(...parts);
    this.panel.hidden = false;
  }

  #cancel(): void {
    const opener = this.#marker ? this.#hideButton : this.#removeButton;
    this.#close();
    this.say("");
    opener.focus();
  }

  #close(): void {
    this.#marker?.element.remove();
    this.#marker = null;
    this.panel.hidden = true;
    this.panel.replaceChildren();
  }

  /** Keys that are meant for the panel must not turn pictures or close the card. */
  #onKey(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key !== "Escape") return;
    event.preventDefault();
    this.#cancel();
  }

  #button(label: string, action: () => void): HTMLElement {
    return el("button", {
      class: "plain-button",
      text: label,
      attributes: { type: "button" },
      on: { click: action },
    });
  }
}
