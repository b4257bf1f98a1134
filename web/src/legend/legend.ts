import "./legend.css";

import type { City, Kind, LegendEntry } from "../api/types";
import type { Formats } from "../i18n/i18n";
import { gradeBadge, palette } from "../map/grades";
import { kindMark, KINDS } from "../map/kinds";
import { el } from "../shell/dom";
import type { AppState } from "../state/state";

/** What the town looks like in figures. */
export function summary(city: City, formats: Formats): HTMLElement {
  const { words } = formats;
  const seen =
    city.graded_km > 0
      ? words.gradedOf(formats.km(city.graded_km), formats.km(city.total_km))
      : words.neverSeen;
  const findings = words.findingsCount(formats.number(city.findings));
  const driven =
    city.last_driven_s === null ? words.noDrives : words.lastDriven(formats.date(city.last_driven_s));
  return el(
    "section",
    { class: "summary", attributes: { "aria-label": words.summary } },
    el("p", { class: "summary-seen", text: seen }),
    gradeBar(city, formats),
    el("p", {
      class: "summary-more",
      text: `${words.seenLength(formats.km(city.seen_km))} · ${findings}`,
    }),
    el("p", { class: "summary-more", text: driven }),
  );
}

function gradeBar(city: City, formats: Formats): HTMLElement {
  const parts = city.legend.filter((entry) => entry.km > 0);
  const text = parts
    .map((entry) => `${formats.words.grades[entry.grade.number]} ${formats.km(entry.km)} km`)
    .join(", ");
  return el(
    "div",
    { class: "grade-bar", attributes: { role: "img", "aria-label": text } },
    ...parts.map((entry) =>
      el("span", {
        attributes: { "data-grade": entry.grade.number },
        vars: { "--grade": entry.colour, "--km": String(entry.km / city.total_km) },
      }),
    ),
  );
}

/** The classes with their kilometres; each is a button that hides or shows it. */
export function legend(city: City, state: AppState, formats: Formats): HTMLElement {
  const { words } = formats;
  const buttons = new Map(
    city.legend.map((entry) => [entry.grade.number, legendButton(city, entry, state, formats)]),
  );
  const update = () => {
    for (const [grade, button] of buttons) {
      button.setAttribute("aria-pressed", String(!state.now.off.includes(grade)));
    }
  };
  state.subscribe(update);
  update();
  return el(
    "section",
    { class: "legend", attributes: { "aria-labelledby": "legend-title" } },
    el(
      "h2",
      { attributes: { id: "legend-title" } },
      `${words.legend} `,
      el("small", { class: "quiet", text: "km" }),
    ),
    city.method === null
      ? null
      : el("p", {
          class: "legend-marks",
          text: words.byMethod(words.methods[city.method], city.index_name ?? ""),
        }),
    el(
      "ul",
      { attributes: { title: words.legendHint } },
      ...[...buttons.values()].map((button) => el("li", {}, button)),
    ),
    el("p", { class: "legend-marks", text: words.legendMarks }),
    el(
      "ul",
      { class: "legend-kinds", attributes: { title: words.legendHint } },
      ...KINDS.map((kind) => el("li", {}, kindButton(kind, state, formats))),
    ),
  );
}

function kindButton(kind: Kind, state: AppState, formats: Formats): HTMLElement {
  const toggle = () => {
    const { kindsOff } = state.now;
    const off = kindsOff.includes(kind);
    state.set({ kindsOff: off ? kindsOff.filter((own) => own !== kind) : [...kindsOff, kind] });
  };
  const button = el(
    "button",
    { attributes: { type: "button", "data-kind": kind }, on: { click: toggle } },
    kindMark(kind),
    el("span", { class: "legend-word", text: formats.words.kindsMany[kind] }),
  );
  const update = () => button.setAttribute("aria-pressed", String(!state.now.kindsOff.includes(kind)));
  state.subscribe(update);
  update();
  return button;
}

function legendButton(city: City, entry: LegendEntry, state: AppState, formats: Formats): HTMLElement {
  const grade = entry.grade.number;
  const toggle = () => {
    const { off } = state.now;
    state.set({ off: off.includes(grade) ? off.filter((own) => own !== grade) : [...off, grade] });
  };
  return el(
    "button",
    { attributes: { type: "button" }, on: { click: toggle } },
    gradeBadge(grade, palette(city)),
    el("span", { class: "legend-word", text: formats.words.grades[grade] }),
    el("span", { class: "legend-km", text: formats.km(entry.km) }),
  );
}
