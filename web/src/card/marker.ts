import type { PixelBox } from "../api/types";
import type { Formats } from "../i18n/i18n";
import { el } from "../shell/dom";

const SMALLEST_PX = 8;
const STEP_PX = 8;

/** A box over a picture: drawn with the pointer, or moved and sized with the arrow keys. */
export class Marker {
  readonly element: HTMLElement;
  readonly place: HTMLElement;
  readonly #box: HTMLElement;
  readonly #width: number;
  readonly #height: number;
  readonly #formats: Formats;
  #from: [number, number] | null = null;
  #now: PixelBox;

  constructor(
    size: { width: number; height: number },
    formats: Formats,
    on: { accept: () => void; cancel: () => void },
  ) {
    this.#width = size.width;
    this.#height = size.height;
    this.#formats = formats;
    const middle: [number, number] = [Math.round(size.width / 2), Math.round(size.height / 2)];
    this.#now = [middle[0] - 40, middle[1] - 24, middle[0] + 40, middle[1] + 24];
    this.place = el("p", { class: "quiet", attributes: { "aria-live": "polite" } });
    this.#box = el("div", {
      class: "marker-box",
      attributes: { tabindex: 0, role: "application", "aria-label": formats.words.hideHint },
      on: { keydown: (event) => this.#onKey(event, on) },
    });
    this.element = el(
      "div",
      {
        class: "marker",
        on: {
          pointerdown: (event) => this.#start(event),
          pointermove: (event) => this.#draw(event),
          pointerup: () => this.#end(),
          pointercancel: () => this.#end(),
        },
      },
      this.#box,
    );
    this.#show();
  }

  /** Left, top, right, bottom in pixels of the picture. */
  get box(): PixelBox {
    return this.#now;
  }

  focus(): void {
    this.#box.focus({ preventScroll: true });
  }

  #start(event: PointerEvent): void {
    event.preventDefault();
    this.element.setPointerCapture(event.pointerId);
    this.#from = this.#point(event);
    this.#span(this.#from, this.#from);
    this.focus();
  }

  #draw(event: PointerEvent): void {
    if (this.#from) this.#span(this.#from, this.#point(event));
  }

  #end(): void {
    this.#from = null;
  }

  #point(event: PointerEvent): [number, number] {
    const frame = this.element.getBoundingClientRect();
    const across = (event.clientX - frame.left) / frame.width;
    const down = (event.clientY - frame.top) / frame.height;
    return [clamp(across, 0, 1) * this.#width, clamp(down, 0, 1) * this.#height];
  }

  #span(from: [number, number], to: [number, number]): void {
    const x1 = Math.min(Math.floor(Math.min(from[0], to[0])), this.#width - SMALLEST_PX);
    const y1 = Math.min(Math.floor(Math.min(from[1], to[1])), this.#height - SMALLEST_PX);
    const x2 = Math.max(Math.ceil(Math.max(from[0], to[0])), x1 + SMALLEST_PX);
    const y2 = Math.max(Math.ceil(Math.max(from[1], to[1])), y1 + SMALLEST_PX);
    this.#now = [x1, y1, x2, y2];
    this.#show();
  }

  #onKey(event: KeyboardEvent, on: { accept: () => void; cancel: () => void }): void {
    const steps: Record<string, [number, number]> = {
      ArrowLeft: [-STEP_PX, 0],
      ArrowRight: [STEP_PX, 0],
      ArrowUp: [0, -STEP_PX],
      ArrowDown: [0, STEP_PX],
    };
    const step = steps[event.key];
    if (step) this.#move(step, event.shiftKey);
    else if (event.key === "Enter") on.accept();
    else if (event.key === "Escape") on.cancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #move([right, down]: [number, number], resize: boolean): void {
    const [x1, y1, x2, y2] = this.#now;
    if (resize) {
      this.#now = [
        x1,
        y1,
        clamp(x2 + right, x1 + SMALLEST_PX, this.#width),
        clamp(y2 + down, y1 + SMALLEST_PX, this.#height),
      ];
    } else {
      const left = clamp(x1 + right, 0, this.#width - (x2 - x1));
      const top = clamp(y1 + down, 0, this.#height - (y2 - y1));
      this.#now = [left, top, left + x2 - x1, top + y2 - y1];
    }
    this.#show();
  }

  #show(): void {
    const [x1, y1, x2, y2] = this.#now;
    const share = (value: number, whole: number): string => `${(100 * value) / whole}%`;
    this.#box.style.setProperty("--left", share(x1, this.#width));
    this.#box.style.setProperty("--top", share(y1, this.#height));
    this.#box.style.setProperty("--wide", share(x2 - x1, this.#width));
    this.#box.style.setProperty("--high", share(y2 - y1, this.#height));
    const said = [x2 - x1, y2 - y1, x1, y1].map((value) => this.#formats.number(value));
    const [width = "", height = "", left = "", top = ""] = said;
    this.place.textContent = this.#formats.words.hideBox(width, height, left, top);
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
