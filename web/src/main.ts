/** The wiring: fetches the town, then lets the features follow one state. */

import "./shell/base.css";
import "./shell/site.css";
import "./shell/shell.css";

import { api, type Moment, RequestError } from "./api/client";
import type { City, Filters } from "./api/types";
import { Card } from "./card/card";
import { FilterPanel } from "./filters/filters";
import { isEmpty } from "./filters/groups";
import { chosenLanguage, Formats } from "./i18n/i18n";
import { legend, summary } from "./legend/legend";
import { Live } from "./live/live";
import { LiveStatus } from "./live/status";
import { SectionList } from "./list/list";
import { StreetSearch } from "./list/search";
import { TownMap } from "./map/map";
import { PrintSheet } from "./print/print";
import { el } from "./shell/dom";
import { failure } from "./shell/failure";
import "./shell/icon.svg";
import { returnHere } from "./shell/languages";
import { foldMenu } from "./shell/menu";
import { periodSwitch } from "./shell/period";
import { AppState, filtersOf, type State } from "./state/state";
import { timeSlider } from "./time/time";

const app = document.querySelector<HTMLElement>("#app");
if (!app) throw new Error("the page has no #app");

const formats = new Formats(chosenLanguage());
const state = new AppState();
returnHere();
foldMenu();

async function start(root: HTMLElement): Promise<void> {
  root.replaceChildren(el("p", { class: "start-failure", text: formats.words.loading }));
  try {
    // Without filters the map is whole; without the town there is none.
    const [city, filters] = await Promise.all([api.city(moment()), api.filters().catch(() => null)]);
    show(root, city, filters);
  } catch (fault) {
    const again = failure(fault, formats.words, () => void start(root));
    root.replaceChildren(el("div", { class: "start-failure" }, again));
  }
}

function moment(): Moment {
  const { period, at } = state.now;
  return { period: at ? null : period, at };
}

function show(root: HTMLElement, city: City, filters: Filters | null): void {
  const { words } = formats;
  document.title = `${city.name} – Gatusyn`;
  const place = el("main", { class: "map", attributes: { "aria-label": words.mapLabel } });
  const canvas = el("div");
  place.append(canvas);
  let map: TownMap | null = null;
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
  root.replaceChildren(panel, place, card.element);
  let sheet: PrintSheet | null = null;
  try {
    const drawn = new TownMap(canvas, city, filters, state, formats, () => notice(place, words.mapFailed));
    map = drawn;
    sheet = new PrintSheet({ root, place, city, state, formats, map: drawn });
    drawn.onIdle(() => void sheet?.draw());
    if (state.now.print !== null && state.now.map === null) drawn.fit(city.bounds);
  } catch {
    notice(place, words.mapUnsupported);
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
      ...moment(),
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
      notice(place, words.mapFailed);
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
    const now = await api.city(moment()).catch(() => null);
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
function notice(place: HTMLElement, text: string): void {
  if (place.querySelector(".map-notice")) return;
  const words = { ...formats.words, failed: text };
  const again = failure(null, words, () => location.reload());
  place.append(el("div", { class: "map-notice" }, again));
}

void start(app);
