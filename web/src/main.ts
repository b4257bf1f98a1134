/** The wiring: asks for the town while the map's own code comes, then shows it. */

import "./shell/base.css";
import "./shell/site.css";
import "./shell/shell.css";

import { api } from "./api/client";
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

async function start(root: HTMLElement): Promise<void> {
  root.replaceChildren(el("p", { class: "start-failure", text: formats.words.loading }));
  try {
    // Without filters the map is whole; without the town there is none.
    const [city, filters, { showTown }] = await Promise.all([
      api.city(momentOf(state.now)),
      api.filters().catch(() => null),
      import("./town"),
    ]);
    showTown(root, city, filters, state, formats);
  } catch (fault) {
    const again = failure(fault, formats.words, () => void start(root));
    root.replaceChildren(el("div", { class: "start-failure" }, again));
  }
}

void start(app);
