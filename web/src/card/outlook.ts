/** What a section costs, how long it lasts and what is planned: fetched after the card is there. */

import { api, isAborted } from "../api/client";
import type { Outlook, Planned, SectionCard, TreatmentName } from "../api/types";
import type { Formats } from "../i18n/i18n";
import { el } from "../shell/dom";
import { failure } from "../shell/failure";

export class OutlookBlock {
  readonly element: HTMLElement;
  readonly #card: SectionCard;
  readonly #formats: Formats;
  readonly #asked: { period: string | null; programme: string | null };
  readonly #signal: AbortSignal;
  readonly #body = el("div", { attributes: { "aria-live": "polite" } });

  constructor(
    card: SectionCard,
    formats: Formats,
    asked: { period: string | null; programme: string | null },
    signal: AbortSignal,
  ) {
    this.#card = card;
    this.#formats = formats;
    this.#asked = asked;
    this.#signal = signal;
    this.element = el(
      "section",
      { class: "block outlook" },
      el("h3", { text: formats.words.outlook }),
      this.#body,
    );
    void this.#load();
  }

  async #load(): Promise<void> {
    const { words } = this.#formats;
    this.#body.replaceChildren(el("p", { class: "quiet", text: words.loading }));
    try {
      const { period, programme } = this.#asked;
      const found = await api.outlook(this.#card.section_id, period, programme, this.#signal);
      this.#body.replaceChildren(outlookList(found, this.#formats));
    } catch (fault) {
      if (isAborted(fault)) return;
      this.#body.replaceChildren(failure(fault, words, () => void this.#load()));
    }
  }
}

function outlookList({ debt, life, programme, planned }: Outlook, formats: Formats): HTMLElement {
  const { words } = formats;
  const rows: [string, string[]][] = [];
  if (debt) {
    const unsure = words.interval95(formats.money(debt.low_sek), formats.money(debt.high_sek));
    const rate = `${formats.number(debt.sek_m2)} ${words.perM2}`;
    const treatment = debt.treatment ? [nameOf(debt.treatment, formats)] : [];
    rows.push([words.debt, [[formats.money(debt.sek), rate].join(" · "), unsure, ...treatment]]);
  } else if (life) rows.push([words.debt, [words.notKnown]]);
  if (life) {
    const unsure = words.interval95(formats.number(life.low_years, 1), formats.number(life.high_years, 1));
    const years = `${formats.number(life.median_years, 1)} ${words.years}`;
    rows.push([words.remainingLife, [years, `${unsure} ${words.years}`, ...(life.is_estimated ? [words.likeItsKind] : [])]]);
  } else rows.push([words.remainingLife, [words.notKnown]]);
  if (programme !== null) {
    const lines = planned.map((own) => plannedText(own, formats));
    rows.push([words.planned, lines.length ? lines : [words.notInProgramme(programme)]]);
  }
  return el(
    "dl",
    { class: "facts" },
    ...rows.flatMap(([name, [first = "", ...more]]) => [
      el("dt", { text: name }),
      el(
        "dd",
        {},
        first,
        ...more.map((text) => el("small", { class: "quiet", text })),
      ),
    ]),
  );
}

function plannedText({ programme, year, treatment, sek }: Planned, formats: Formats): string {
  const cost = sek === null ? "" : `, ${formats.money(sek)}`;
  return `${year}: ${nameOf(treatment, formats)}${cost} (${programme})`;
}

function nameOf(treatment: TreatmentName, { language }: Formats): string {
  return treatment.words[language] ?? treatment.name;
}
