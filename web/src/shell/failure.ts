import { RequestError } from "../api/client";
import type { Words } from "../i18n/words";
import { el } from "./dom";

/** A failed request in words, with a button that tries again. */
export function failure(fault: unknown, words: Words, retry: () => void): HTMLElement {
  const known = fault instanceof RequestError ? fault : null;
  const title = known?.status === 0 ? words.offline : words.failed;
  const detail = [known?.message, known?.remedy].filter(Boolean).join(". ");
  return el(
    "div",
    { class: "failure", attributes: { role: "alert" } },
    el("p", { text: title }),
    detail ? el("p", { class: "quiet", text: detail }) : null,
    el("button", {
      class: "plain-button",
      text: words.retry,
      attributes: { type: "button" },
      on: { click: retry },
    }),
  );
}
