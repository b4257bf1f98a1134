import "./legend.css";

import type { City, ClassNumber, Kind, Theme, Themed, ThemeClass } from "../api/types";
import type { Formats } from "../i18n/i18n";
import { gradeBadge, NO_COLOURS } from "../map/grades";
import { kindMark, KINDS } from "../map/kinds";
import { el } from "../shell/dom";
import { NOW_ONLY, THEMES, type AppState } from "../state/state";

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
export interface Shown {
  number: ClassNumber;
  colour: string;
  word: string;
  /** How sure it is, where that is known. */
  more: string;
  km: number;
}

/** The classes that the map shows, in the legend's order. */
export function shownClasses(city: City, formats: Formats, themed: Themed | null): Shown[] {
  const { words } = formats;
  if (themed) {
    const sorted = [...themed.classes].sort((one, other) => (one.number || 9) - (other.number || 9));
    return sorted.map((own) => ({
      number: own.number,
      colour: own.colour,
      word: own.number === 0 && city.at ? words.unknownThen : classWord(own, themed, formats),
      more: classMore(own, themed, formats),
      km: own.km,
    }));
  }
  return city.legend.map(({ grade, colour, km }) => ({
    number: grade.number,
    colour,
    word: grade.number === 0 && city.at ? words.unknownThen : words.grades[grade.number],
    more: "",
    km,
  }));
}

function classWord(own: ThemeClass, { theme }: Themed, { words }: Formats): string {
  const { number, from_year, to_year } = own;
  if (from_year !== null) return from_year === to_year ? `${from_year}` : `${from_year}–${to_year}`;
  if (number === 6) return words.notPlanned;
  if (theme === "programme") return words.notKnown;
  return theme === "grade" ? words.grades[number] : words.themeClasses[theme][number];
}

function classMore(own: ThemeClass, { theme }: Themed, formats: Formats): string {
  const { low, high, sek } = own;
  const { words } = formats;
  if (theme === "programme" && sek) return formats.money(sek);
  if (low === null || high === null || own.number === 0) return "";
  if (theme === "life") {
    return `${words.interval95(formats.number(low), formats.number(high))} ${words.years}`;
  }
  if (theme !== "debt" || high < 1) return "";
  const unsure = `${words.interval95(formats.number(low), formats.number(high))} ${words.perM2}`;
  return sek ? `${formats.money(sek)} · ${unsure}` : unsure;
}

/** What the map is coloured by, in words. */
export function legendTitle(formats: Formats, themed: Themed | null): string {
  return themed && themed.theme !== "grade" ? formats.words.themes[themed.theme] : formats.words.legend;
}

/** What else is to be known of the colours: when, by which method, of which programme. */
export function legendNotes(city: City, formats: Formats, themed: Themed | null): string[] {
  const { words } = formats;
  const notes: string[] = [];
  if (city.at) notes.push(words.asKnown(formats.month(city.at)));
  if (city.method !== null && (themed?.theme ?? "grade") === "grade") {
    notes.push(words.byMethod(words.methods[city.method], city.index_name ?? ""));
  }
  if (themed?.theme === "programme") {
    notes.push(themed.programme === null ? words.noProgramme : `${words.chooseProgramme}: ${themed.programme}`);
    const total = themed.classes.reduce((sum, own) => sum + (own.sek ?? 0), 0);
    if (total > 0) notes.push(words.sumOf(formats.money(total)));
  }
  if (themed?.theme === "debt") {
    const known = themed.classes.filter((own) => own.sek !== null);
    const total = known.reduce((sum, own) => sum + (own.sek ?? 0), 0);
    if (known.length) notes.push(words.debtOfGraded(formats.money(total)));
  }
  return notes;
}

/** How much of each treatment a programme has, the most first. */
export function treatmentLines(formats: Formats, themed: Themed | null): string[] {
  const { language } = formats;
  return (themed?.treatments ?? []).map(
    (own) => `${own.words[language] ?? own.name}: ${formats.km(own.km)} km`,
  );
}

function themeSwitch(city: City, state: AppState, formats: Formats): HTMLElement {
  const { words } = formats;
  const there = THEMES.filter((theme) => city.themes.includes(theme));
  const options = there.map((theme) => {
    const past = city.at !== null && NOW_ONLY.includes(theme);
    return el("option", {
      text: words.themes[theme] + (past ? ` (${words.ofNowOnly})` : ""),
      attributes: { value: theme, selected: theme === state.now.theme, disabled: past },
    });
  });
  const select = el(
    "select",
    {
      attributes: { id: "theme" },
      on: { change: () => state.set({ theme: select.value as Theme, off: [] }) },
    },
    ...options,
  );
  return el("label", { class: "period" }, el("span", { text: words.colourBy }), select);
}

function programmeSwitch(state: AppState, formats: Formats, themed: Themed | null): HTMLElement | null {
  if (themed?.theme !== "programme" || themed.programmes.length === 0) return null;
  const { words } = formats;
  const options = [...themed.programmes].reverse().map((name, place) =>
    el("option", {
      text: place === 0 ? `${name} (${words.latestProgramme})` : name,
      attributes: { value: name, selected: name === themed.programme },
    }),
  );
  const select = el(
    "select",
    {
      attributes: { id: "programme" },
      on: { change: () => state.set({ programme: select.value, off: [] }) },
    },
    ...options,
  );
  return el("label", { class: "period" }, el("span", { text: words.chooseProgramme }), select);
}

/** The classes with their kilometres; each is a button that hides or shows it. */
export function legend(
  city: City,
  state: AppState,
  formats: Formats,
  themed: Themed | null,
  signal: AbortSignal,
): HTMLElement {
  const { words } = formats;
  const shown = shownClasses(city, formats, themed);
  const buttons = new Map(shown.map((entry) => [entry.number, legendButton(entry, state, formats)]));
  const update = () => {
    for (const [grade, button] of buttons) {
      button.setAttribute("aria-pressed", String(!state.now.off.includes(grade)));
    }
  };
  state.subscribe(update, signal);
  update();
  return el(
    "section",
    { class: "legend", attributes: { "aria-labelledby": "legend-title" } },
    el(
      "h2",
      { attributes: { id: "legend-title" } },
      `${legendTitle(formats, themed)} `,
      el("small", { class: "quiet", text: "km" }),
    ),
    themeSwitch(city, state, formats),
    programmeSwitch(state, formats, themed),
    ...legendNotes(city, formats, themed).map((text) => el("p", { class: "legend-marks", text })),
    el(
      "ul",
      { class: themed && themed.theme !== "grade" ? "legend-wide" : "", attributes: { title: words.legendHint } },
      ...[...buttons.values()].map((button) => el("li", {}, button)),
    ),
    treatmentList(formats, themed),
    kindSwitches(state, formats, signal),
  );
}

function treatmentList(formats: Formats, themed: Themed | null): HTMLElement | null {
  const lines = treatmentLines(formats, themed);
  if (lines.length === 0) return null;
  return el(
    "div",
    { class: "legend-marks" },
    el("strong", { text: formats.words.treatments }),
    el("ul", { class: "legend-treatments" }, ...lines.map((text) => el("li", { text }))),
  );
}

/** The kinds of damage; each is a button that hides or shows it, and one does so for all. */
function kindSwitches(state: AppState, formats: Formats, signal: AbortSignal): HTMLElement {
  const { words } = formats;
  const all = el("button", {
    class: "legend-all",
    attributes: { type: "button" },
    on: { click: () => state.set({ kindsOff: state.now.kindsOff.length ? [] : KINDS }) },
  });
  const update = () => {
    all.textContent = state.now.kindsOff.length ? words.kindsShowAll : words.kindsHideAll;
  };
  state.subscribe(update, signal);
  update();
  return el(
    "div",
    { attributes: { role: "group", "aria-labelledby": "kinds-title", title: words.kindsHint } },
    el("h3", { attributes: { id: "kinds-title" }, text: words.kindsTitle }),
    el("p", { class: "legend-marks", text: words.legendMarks }),
    el("ul", { class: "legend-kinds" }, ...KINDS.map((kind) => el("li", {}, kindButton(kind, state, formats, signal)))),
    all,
  );
}

function kindButton(kind: Kind, state: AppState, formats: Formats, signal: AbortSignal): HTMLElement {
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
  state.subscribe(update, signal);
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
    classBadge(entry),
    el(
      "span",
      { class: "legend-word" },
      entry.word,
      entry.more ? el("small", { class: "quiet", text: entry.more }) : null,
    ),
    el("span", { class: "legend-km", text: formats.km(entry.km) }),
  );
}

/** A square with a class's colour, and its number where that says something. */
export function classBadge({ number, colour }: Shown): HTMLElement {
  if (number !== 6) return gradeBadge(number, { ...NO_COLOURS, [number]: colour });
  return el("span", { class: "grade-badge", vars: { "--grade": colour }, attributes: { "aria-hidden": "true" } });
}
