/** The pages with tables and forms: what must move on them. */

import "../shell/base.css";
import "../shell/site.css";
import "./pages.css";
import "../shell/icon.svg";

import htmx from "htmx.org";

import { makeBoards } from "./board";
import { drawCharts } from "./charts";
import { followKeys } from "./keys";
import { sendDrives } from "../send/send";
import { returnHere } from "../shell/languages";
import { foldMenu } from "../shell/menu";
import { joinSliders } from "./sliders";

/** Writes carry the sign that this page came from the service to this visitor. */
function signWrites(): void {
  document.body.addEventListener("htmx:configRequest", (event) => {
    const { headers } = (event as CustomEvent<{ headers: Record<string, string> }>).detail;
    const token = document.querySelector<HTMLMetaElement>("meta[name=csrf-token]");
    if (token) headers["X-CSRF-Token"] = token.content;
  });
}

signWrites();
returnHere();
foldMenu();
followKeys();
drawCharts();
joinSliders();
sendDrives();
makeBoards();
document.body.addEventListener("htmx:afterSettle", () => {
  drawCharts();
  makeBoards();
});
htmx.config.allowEval = false;
