/** The town's map with its panel and card: the features follow one state. */

import { api, RequestError } from "./api/client";
import type { City, Filters } from "./api/types";
import { Card } from "./card/card";
import { FilterPanel } from "./filters/filters";
import { isEmpty } from "./filters/groups";
import type { Formats } from "./i18n/i18n";
import type { Words } from "./i18n/words";
import { legend, summary } from "./legend/legend";
import { Live } from "./live/live";
import { LiveStatus } from "./live/status";
import { SectionList } from "./list/list";
import { StreetSearch } from "./list/search";
import { TownMap } from "./map/map";
import { PrintSheet } from "./print/print";
import { el } from "./shell/dom";
import { failure } from "./shell/failure";
import { periodSwitch } from "./shell/period";
import { type AppState, filtersOf, momentOf, type State } from "./state/state";
import { timeSlider } from "./time/time";

export async function showTown(
  root: HTMLElement,
  city: City,
  filters: Filters | null,
  state: AppState,
  formats: Formats,
): Promise<void> {
  const { words } = formats;
  // The map notes where it is as soon as it is there.
  const isPlaced = state.now.map !== null;
  const place = el("main", { class: "map", attributes: { "aria-label": words.mapLabel } });
  const canvas = el("div");
  place.append(canvas);
  root.replaceChildren(place);
  let map: TownMap | null = null;
  try {
    map = new TownMap(canvas, city, filters, state, formats, () => notice(place, words.mapFailed, words));
    // Tiles are made ready while the panel is; laid out first, it would have them asked for late.
    await map.asking;
  } catch {
    notice(place, words.mapUnsupported, words);
  }
  const card = new Card(city, state, formats, {
    onToggle: (open) => {
      root.classList.toggle("with-card", open);
      map?.resize();
    },
    onShown: (shown) => {
      map?.reveal(shown.centre);
      list.pin(shown);
    },
  });
  const list = new SectionList(city, state, formats, {
    pick: (centre) => map?.show(centre),
    focus: (section, centre) => map?.focusOn(section, centre),
  });
  const search = new StreetSearch(city, state, formats, (box) => map?.fit(box));
  const skip = el("button", {
    class: "skip",
    text: words.skip,
    attributes: { type: "button" },
    on: { click: () => list.focus() },
  });
  let legendShown = new AbortController();
  let figures = [summary(city, formats), legend(city, state, formats, null, legendShown.signal)];
  document.querySelector("button.skip")?.remove();
  document.body.prepend(skip);
  const panel = el(
    "div",
    { class: "panel" },
    ...[
      periodSwitch(city, state, formats),
      timeSlider(city, state, formats),
      ...figures,
      search.element,
      filters && new FilterPanel(filters, state, formats).element,
      printButton(),
      list.element,
    ].filter((own) => own !== null),
  );
  root.prepend(panel);
  root.append(card.element);
  let sheet: PrintSheet | null = null;
  if (map) {
    sheet = new PrintSheet({ root, place, city, state, formats, map });
    map.onIdle(() => void sheet?.draw());
    if (state.now.print !== null && !isPlaced) map.fit(city.bounds);
  }
  void list.load();
  if (state.now.section !== null) void card.load();
  const status = new LiveStatus(formats);
  place.append(status.element);
  let shown = city;
  new Live({
    onMove: (vehicles, glimpses) => {
      status.show(vehicles);
      map?.showLive(vehicles, glimpses);
    },
    onChanged: () => void renew(),
  });

  state.subscribe((now, before) => {
    if (now.at !== before.at) void renew(true);
    else if (wantedOf(now) !== wantedOf(before)) void paintLegend();
  });
  void paintLegend();

  /** Show the legend of what the map is coloured by, and its colours. */
  async function paintLegend(): Promise<void> {
    const asking = wantedOf(state.now);
    const { theme, programme } = state.now;
    const isPlain = theme === "grade" && isEmpty(state.now) && state.now.street === "";
    const wanted = {
      theme,
      programme: theme === "programme" ? programme : null,
      ...filtersOf(state.now),
      ...momentOf(state.now),
    };
    const asked = isPlain ? null : await api.theme(wanted).catch(missing);
    if (wantedOf(state.now) !== asking) return;
    const focused = document.activeElement?.id ?? "";
    legendShown.abort();
    legendShown = new AbortController();
    const { signal } = legendShown;
    replaceFigures([summary(shown, formats), legend(shown, state, formats, asked, signal)]);
    if (["theme", "programme"].includes(focused)) document.getElementById(focused)?.focus();
    map?.paint(asked);
    sheet?.renew(shown, asked);
  }

  /** A link may name a programme that is not there: the latest is shown then. */
  function missing(fault: unknown): null {
    const isGone = fault instanceof RequestError && fault.status === 404;
    if (isGone && state.now.programme !== null) state.set({ programme: null });
    else if (state.now.theme !== "grade") {
      // Tiles in the colours of one theme and a legend of another would tell what is not so.
      notice(place, words.mapFailed, words);
      state.set({ theme: "grade", off: [] });
    }
    return null;
  }

  function replaceFigures(fresh: HTMLElement[]): void {
    figures.forEach((old, place) => old.replaceWith(fresh[place] ?? old));
    figures = fresh;
  }

  /** Show the town as it is now; a page that cannot reach it stays as it is until the next news. */
  async function renew(always = false): Promise<void> {
    const { at } = state.now;
    const now = await api.city(momentOf(state.now)).catch(() => null);
    if (now === null || at !== state.now.at || (!always && now.stamp === shown.stamp)) return;
    shown = now;
    await paintLegend();
    map?.renew(now);
    if (!always) void list.load();
  }

  function printButton(): HTMLElement {
    return el("button", {
      class: "plain-button print-open",
      text: words.print,
      attributes: { type: "button" },
      on: { click: () => state.set({ print: "a4" }) },
    });
  }
}

/** What decides what the legend says, as one text. */
function wantedOf(now: Readonly<State>): string {
  return JSON.stringify([now.theme, now.programme, now.at, filtersOf(now)]);
}

/** Say once that the map is not whole; loading the page anew tries again. */
function notice(place: HTMLElement, text: string, words: Words): void {
  if (place.querySelector(".map-notice")) return;
  const again = failure(null, { ...words, failed: text }, () => location.reload());
  place.append(el("div", { class: "map-notice" }, again));
}
