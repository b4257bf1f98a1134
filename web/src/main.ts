/** The wiring: asks for the town while the map's own code comes, then shows it. */

import "./shell/base.css";
import "./shell/site.css";
import "./shell/shell.css";

import { api } from "./api/client";
import type { City, Filters } from "./api/types";
import { chosenLanguage, Formats } from "./i18n/i18n";
import { el } from "./shell/dom";
import { failure } from "./shell/failure";
import "./shell/icon.svg";
import { returnHere } from "./shell/languages";
import { foldMenu } from "./shell/menu";
import { AppState, momentOf } from "./state/state";

const app = document.querySelector<HTMLElement>("#app");
if (!app) throw new Error("the page has no #app");

const formats = new Formats(chosenLanguage());
const state = new AppState();
returnHere();
foldMenu();

/** What the page came with; it is taken once, for asked again it is to be of that time. */
function brought(): { city: City; filters: Filters } | null {
  const { period, at } = momentOf(state.now);
  const came = document.querySelector("#start");
  came?.remove();
  return came && period === null && at === null ? JSON.parse(came.textContent) : null;
}

async function asked(): Promise<[City, Filters | null]> {
  // Without filters the map is whole; without the town there is none.
  return Promise.all([api.city(momentOf(state.now)), api.filters().catch(() => null)]);
}

async function start(root: HTMLElement): Promise<void> {
  root.replaceChildren(el("p", { class: "start-failure", text: formats.words.loading }));
  try {
    const came = brought();
    const [[city, filters], { showTown }] = await Promise.all([
      came ? [came.city, came.filters] : asked(),
      import("./town"),
    ]);
    await showTown(root, city, filters, state, formats);
  } catch (fault) {
    const again = failure(fault, formats.words, () => void start(root));
    root.replaceChildren(el("div", { class: "start-failure" }, again));
  }
}

void start(app);
