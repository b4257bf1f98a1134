import "./time.css";

import type { City } from "../api/types";
import type { Formats } from "../i18n/i18n";
import { el } from "../shell/dom";
import { NOW_ONLY, type AppState } from "../state/state";
import { monthsBetween } from "./months";

const PAUSE_MS = 180;

/** The month that the town is shown at, up to now: by pointer, or by the arrow keys. */
export function timeSlider(city: City, state: AppState, formats: Formats): HTMLElement | null {
  if (city.first_month === null || city.last_month === null) return null;
  const months = monthsBetween(city.first_month, city.last_month);
  const { words } = formats;
  const shown = el("output", { attributes: { for: "time" } });
  const input = el("input", {
    attributes: { id: "time", type: "range", min: 0, max: months.length, step: 1 },
    on: { input: () => later() },
  });
  let timer = 0;
  const monthOf = (place: number): string | null => months[place] ?? null;
  const say = (): void => {
    // A link may name a month outside of what was looked at.
    const chosen = timer === 0 ? state.now.at : null;
    const month = chosen ?? monthOf(Number(input.value));
    const text = month === null ? words.now : formats.month(month);
    shown.textContent = text;
    input.setAttribute("aria-valuetext", text);
  };
  const choose = (): void => {
    timer = 0;
    const at = monthOf(Number(input.value));
    const { theme, off } = state.now;
    const past = at !== null && NOW_ONLY.includes(theme);
    state.set({ at, picture: null, theme: past ? "grade" : theme, off: past ? [] : off });
  };
  const later = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(choose, PAUSE_MS);
    say();
  };
  const follow = (): void => {
    const place = state.now.at === null ? months.length : placeOf(months, state.now.at);
    if (timer === 0) input.value = String(place);
    say();
  };
  state.subscribe((now, before) => {
    if (now.at !== before.at) follow();
  });
  input.value = String(state.now.at === null ? months.length : placeOf(months, state.now.at));
  say();
  return el(
    "div",
    { class: "time" },
    el("div", { class: "time-head" }, el("label", { text: words.time, attributes: { for: "time" } }), shown),
    input,
    el(
      "div",
      { class: "time-ends", attributes: { "aria-hidden": "true" } },
      el("span", { text: formats.month(city.first_month) }),
      el("span", { text: words.now }),
    ),
  );
}

/** The place of a month that may lie outside of what was looked at. */
function placeOf(months: readonly string[], month: string): number {
  const later = months.findIndex((own) => own >= month);
  return later >= 0 ? later : months.length - 1;
}
