import type { City } from "../api/types";
import { chooseLanguage, chosenLanguage, DICTIONARIES, type Formats } from "../i18n/i18n";
import type { Language } from "../i18n/words";
import type { AppState } from "../state/state";
import { el } from "./dom";
import iconUrl from "./icon.svg";

/** The bar above the map: the town, the period and the language. */
export function head(city: City, state: AppState, formats: Formats): HTMLElement {
  const { words } = formats;
  return el(
    "header",
    { class: "head" },
    el("img", { attributes: { src: iconUrl, alt: "", width: 30, height: 30 } }),
    el("h1", { text: city.name }),
    el("span", { class: "tagline", text: words.tagline }),
    periodSwitch(city, state, formats),
    languageSwitch(words.language),
  );
}

function periodSwitch(city: City, state: AppState, formats: Formats): HTMLElement | null {
  if (city.periods.length < 2) return null;
  const options = [...city.periods].reverse().map((period) =>
    el("option", { text: period, attributes: { value: period, selected: period === city.period } }),
  );
  const select = el(
    "select",
    {
      on: {
        change: () => {
          state.set({ period: select.value, picture: null, finding: null });
          location.reload();
        },
      },
    },
    ...options,
  );
  return el("label", {}, el("span", { text: formats.words.period }), select);
}

function languageSwitch(label: string): HTMLElement {
  const chosen = chosenLanguage();
  const languages = Object.entries(DICTIONARIES) as [Language, Formats["words"]][];
  const options = languages.map(([language, own]) =>
    el("option", {
      text: own.languageName,
      attributes: { value: language, lang: language, selected: language === chosen },
    }),
  );
  const select = el(
    "select",
    { on: { change: () => chooseLanguage(select.value as Language) } },
    ...options,
  );
  return el("label", {}, el("span", { text: label }), select);
}
