/** The wiring: fetches the town, then lets the features follow one state. */

import "./shell/base.css";
import "./shell/site.css";
import "./shell/shell.css";

import { api } from "./api/client";
import type { City } from "./api/types";
import { Card } from "./card/card";
import { chosenLanguage, DICTIONARIES, Formats } from "./i18n/i18n";
import { legend, summary } from "./legend/legend";
import { Live } from "./live/live";
import { LiveStatus } from "./live/status";
import { SectionList } from "./list/list";
import { StreetSearch } from "./list/search";
import { TownMap } from "./map/map";
import { el } from "./shell/dom";
import { failure } from "./shell/failure";
import "./shell/icon.svg";
import { returnHere } from "./shell/languages";
import { foldMenu } from "./shell/menu";
import { periodSwitch } from "./shell/period";
import { AppState } from "./state/state";

const app = document.querySelector<HTMLElement>("#app");
if (!app) throw new Error("the page has no #app");

const language = chosenLanguage();
const formats = new Formats(DICTIONARIES[language]);
const state = new AppState();
returnHere();
foldMenu();

async function start(root: HTMLElement): Promise<void> {
  root.replaceChildren(el("p", { class: "start-failure", text: formats.words.loading }));
  try {
    show(root, await api.city(state.now.period));
  } catch (fault) {
    const again = failure(fault, formats.words, () => void start(root));
    root.replaceChildren(el("div", { class: "start-failure" }, again));
  }
}

function show(root: HTMLElement, city: City): void {
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
  const list = new SectionList(city, state, formats, (centre) => map?.show(centre));
  const search = new StreetSearch(city, state, formats, (box) => map?.fit(box));
  const skip = el("button", {
    class: "skip",
    text: words.skip,
    attributes: { type: "button" },
    on: { click: () => list.focus() },
  });
  let figures = [summary(city, formats), legend(city, state, formats)];
  document.querySelector("button.skip")?.remove();
  document.body.prepend(skip);
  const panel = el(
    "div",
    { class: "panel" },
    periodSwitch(city, state, formats),
    ...figures,
    search.element,
    list.element,
  );
  root.replaceChildren(panel, place, card.element);
  try {
    map = new TownMap(canvas, city, state, formats, () => notice(place, words.mapFailed));
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
    if (now.theme !== before.theme) void paintLegend();
  });
  if (state.now.theme !== "grade") void paintLegend();

  /** Show the legend of what the map is coloured by. */
  async function paintLegend(): Promise<void> {
    const { theme, period } = state.now;
    const themed = theme === "grade" ? null : await api.theme(theme, period).catch(() => null);
    if (state.now.theme !== theme) return;
    const hadFocus = document.activeElement?.id === "theme";
    replaceFigures([summary(shown, formats), legend(shown, state, formats, themed)]);
    if (hadFocus) document.querySelector<HTMLElement>("#theme")?.focus();
  }

  function replaceFigures(fresh: HTMLElement[]): void {
    figures.forEach((old, place) => old.replaceWith(fresh[place] ?? old));
    figures = fresh;
  }

  /** Show the town as it is now; a page that cannot reach it stays as it is until the next news. */
  async function renew(): Promise<void> {
    const now = await api.city(state.now.period).catch(() => null);
    if (now === null || now.stamp === shown.stamp) return;
    shown = now;
    await paintLegend();
    map?.renew(now);
    void list.load();
  }
}

/** Say once that the map is not whole; loading the page anew tries again. */
function notice(place: HTMLElement, text: string): void {
  if (place.querySelector(".map-notice")) return;
  const words = { ...formats.words, failed: text };
  const again = failure(null, words, () => location.reload());
  place.append(el("div", { class: "map-notice" }, again));
}

void start(app);
