import type { City } from "../api/types";
import type { Formats } from "../i18n/i18n";
import type { AppState } from "../state/state";
import { el } from "./dom";

/** The choice of a survey, where there are several. */
export function periodSwitch(city: City, state: AppState, formats: Formats): HTMLElement | null {
  if (city.periods.length < 2) return null;
  const options = [...city.periods].reverse().map((period) =>
    el("option", { text: period, attributes: { value: period, selected: period === city.period } }),
  );
  const select = el(
    "select",
    {
      on: {
        change: () => {
          state.set({ period: select.value, at: null, picture: null, finding: null });
          location.reload();
        },
      },
    },
    ...options,
  );
  const follow = (): void => {
    // Of a past month each section has the grade of its own latest period.
    select.disabled = state.now.at !== null;
  };
  state.subscribe(follow);
  follow();
  return el("label", { class: "period" }, el("span", { text: formats.words.period }), select);
}
