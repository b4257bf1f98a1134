import "./legend.css";

import type { City, GradeNumber, Kind, Theme, Themed } from "../api/types";
import type { Formats } from "../i18n/i18n";
import { gradeBadge, NO_COLOURS } from "../map/grades";
import { kindMark, KINDS } from "../map/kinds";
import { el } from "../shell/dom";
import { THEMES, type AppState } from "../state/state";

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

/** A class of what the map is coloured by. */
interface Shown {
  number: GradeNumber;
  colour: string;
  word: string;
  km: number;
}

function gradesOf(city: City, formats: Formats): Shown[] {
  return city.legend.map(({ grade, colour, km }) => ({
    number: grade.number,
    colour,
    word: formats.words.grades[grade.number],
    km,
  }));
}

function classesOf(themed: Themed, formats: Formats): Shown[] {
  const { theme, classes } = themed;
  const words = theme === "grade" ? formats.words.grades : formats.words.themeClasses[theme];
  const sorted = [...classes].sort((one, other) => (one.number || 9) - (other.number || 9));
  return sorted.map(({ number, colour, km }) => ({ number, colour, word: words[number], km }));
}

function themeSwitch(state: AppState, formats: Formats): HTMLElement {
  const options = THEMES.map((theme) =>
    el("option", {
      text: formats.words.themes[theme],
      attributes: { value: theme, selected: theme === state.now.theme },
    }),
  );
  const select = el(
    "select",
    {
      attributes: { id: "theme" },
      on: { change: () => state.set({ theme: select.value as Theme, off: [] }) },
    },
    ...options,
  );
  return el("label", { class: "period" }, el("span", { text: formats.words.colourBy }), select);
}

/** The classes with their kilometres; each is a button that hides or shows it. */
export function legend(
  city: City,
  state: AppState,
  formats: Formats,
  themed: Themed | null = null,
): HTMLElement {
  const { words } = formats;
  const shown = themed ? classesOf(themed, formats) : gradesOf(city, formats);
  const buttons = new Map(shown.map((entry) => [entry.number, legendButton(entry, state, formats)]));
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
      `${themed ? words.themes[themed.theme] : words.legend} `,
      el("small", { class: "quiet", text: "km" }),
    ),
    themeSwitch(state, formats),
    city.method === null || themed
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

function legendButton(entry: Shown, state: AppState, formats: Formats): HTMLElement {
  const { number } = entry;
  const toggle = () => {
    const { off } = state.now;
    state.set({ off: off.includes(number) ? off.filter((own) => own !== number) : [...off, number] });
  };
  return el(
    "button",
    { attributes: { type: "button" }, on: { click: toggle } },
    gradeBadge(number, { ...NO_COLOURS, [number]: entry.colour }),
    el("span", { class: "legend-word", text: entry.word }),
    el("span", { class: "legend-km", text: formats.km(entry.km) }),
  );
}
