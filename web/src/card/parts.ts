import type { Extent, Finding, SectionCard } from "../api/types";
import type { Formats } from "../i18n/i18n";
import { gradeBadge, type Palette } from "../map/grades";
import { kindMark } from "../map/kinds";
import { el } from "../shell/dom";
import { historyChart } from "./history";

/** When the card is of, where it is not of now. */
export function thenNote(card: SectionCard, at: string | null, formats: Formats): HTMLElement[] {
  if (at === null) return [];
  const { words } = formats;
  const period = card.grade_period && card.index !== null ? `. ${words.thenGradeOf(card.grade_period)}.` : "";
  return [el("p", { class: "note", text: words.asKnown(formats.month(at)) + period })];
}

/** The grade as a banner: number, colour and word, the index, and how much was seen. */
export function gradeBanner(
  card: SectionCard,
  colours: Palette,
  formats: Formats,
  at: string | null,
): HTMLElement {
  const { words } = formats;
  const grade = card.grade.number;
  const word = grade === 0 && at !== null ? words.unknownThen : words.grades[grade];
  const share = formats.percent(card.observed_share);
  const index =
    card.index === null
      ? [el("strong", { text: words.notGraded })]
      : [
          el("strong", { text: formats.number(card.index) }),
          el("span", { class: "quiet", text: ` ${words.indexOf100}` }),
        ];
  const between =
    card.index_low === null || card.index_high === null
      ? null
      : el("span", {
          class: "quiet",
          text: words.indexBetween(formats.number(card.index_low), formats.number(card.index_high)),
        });
  return el(
    "div",
    { class: "banner" },
    gradeBadge(grade, colours, "large"),
    el(
      "div",
      { class: "banner-grade" },
      el("span", { class: "quiet", text: words.grade }),
      el("strong", { text: `${grade === 0 ? "" : `${grade} – `}${word}` }),
    ),
    el("div", { class: "banner-index" }, el("span", { class: "quiet", text: words.index }), el("span", {}, ...index), between),
    card.index === null
      ? null
      : el("p", {
          class: "banner-method quiet",
          text: words.byMethod(words.methods[card.method], card.index_name),
        }),
    el(
      "div",
      { class: "banner-seen" },
      el("span", { class: "quiet", text: `${words.coverage} ${share}` }),
      meter([card.seen_well_share, card.seen_poorly_share], `${words.coverage} ${share}: ${seenShares(card, formats)}`),
    ),
  );
}

function meter(shares: number[], label: string): HTMLElement {
  const parts = shares.map((share) => el("span", { vars: { "--share": String(Math.min(Math.max(share, 0), 1)) } }));
  return el("span", { class: "meter", attributes: { role: "img", "aria-label": label } }, ...parts);
}

function seenShares(card: SectionCard, formats: Formats): string {
  return formats.words.seenShares(
    formats.percent(card.seen_well_share),
    formats.percent(card.seen_poorly_share),
    formats.percent(card.not_seen_share),
  );
}

/** What took the index down from 100, the largest first. */
export function reasons(card: SectionCard, formats: Formats): HTMLElement {
  const { words } = formats;
  if (card.index === null) {
    return el("p", { class: "note", text: words.notGradedWhy(formats.percent(card.observed_share)) });
  }
  const rows = card.reasons
    .filter((reason) => reason.deduct > 0)
    .sort((first, second) => second.deduct - first.deduct);
  if (rows.length === 0) return el("p", { class: "note", text: words.noDamage });
  return block(
    words.reasons,
    el(
      "ul",
      { class: "reasons" },
      ...rows.map((reason) =>
        el(
          "li",
          {},
          el(
            "span",
            { text: words.kindsMany[reason.kind] },
            el("small", { class: "quiet", text: words.severity(formats.number(reason.severity)) }),
          ),
          el("span", { class: "deduct" }, el("span", { vars: { "--share": String(reason.deduct / 100) } })),
          el("strong", { text: `−${formats.number(reason.deduct, 1)}` }),
        ),
      ),
    ),
  );
}

/** How much of each damage there is on the part that was seen. */
export function extents(card: SectionCard, formats: Formats): HTMLElement | null {
  const { words } = formats;
  const rows = card.extents.filter((extent) => extent.count > 0);
  if (rows.length === 0) return null;
  const head = [words.damage, words.count, words.length, words.area, words.share];
  return block(
    words.extents,
    el(
      "table",
      {},
      el(
        "thead",
        {},
        el("tr", {}, ...head.map((text) => el("th", { text, attributes: { scope: "col" } }))),
      ),
      el("tbody", {}, ...rows.map((extent) => extentRow(extent, formats))),
    ),
  );
}

function extentRow(extent: Extent, formats: Formats): HTMLElement {
  const cells = [
    formats.number(extent.count),
    `${formats.number(extent.length_m, 1)} m`,
    `${formats.number(extent.area_m2, 1)} m²`,
    formats.percent(extent.share, 1),
  ];
  return el(
    "tr",
    {},
    el(
      "th",
      { text: formats.words.kindsMany[extent.kind], attributes: { scope: "row" } },
      el("small", {
        class: "quiet",
        text: formats.words.severity(formats.number(extent.severity)),
      }),
    ),
    ...cells.map((text) => el("td", { text })),
  );
}

/** Each finding as a button that shows it on a picture. */
export function findings(
  card: SectionCard,
  formats: Formats,
  onPick: (finding: Finding) => void,
): HTMLElement | null {
  if (card.findings.length === 0) return null;
  const { words } = formats;
  const title = `${words.findings} (${formats.number(card.findings.length)})`;
  const rows = [...card.findings].sort((first, second) => second.area_m2 - first.area_m2);
  const list = rows.map((finding) =>
    el(
      "li",
      {},
      el(
        "button",
        {
          class: "finding-row",
          attributes: { type: "button", "data-finding": finding.finding_id },
          on: { click: () => onPick(finding) },
        },
        kindMark(finding.kind),
        el("strong", { text: words.kinds[finding.kind] }),
        el("span", {
          class: "quiet",
          text: [
            `${formats.number(finding.length_m, 1)} m`,
            `${formats.number(finding.area_m2, 1)} m²`,
            `${words.severity(formats.number(finding.severity))} (${words.severityReasons[finding.severity_reason]})`,
            words.side[finding.side],
            words.seenOf(formats.number(finding.sightings), formats.number(finding.looks)),
            words.states[finding.state],
            ...(finding.growth === "unknown" ? [] : [words.growth[finding.growth]]),
          ].join(" · "),
        }),
      ),
    ),
  );
  return block(title, el("ul", { class: "finding-rows" }, ...list));
}

/** What the network says of the section, and where it is in the owner's reference system. */
export function facts(card: SectionCard, formats: Formats): HTMLElement {
  const { words } = formats;
  const width = `${formats.number(card.width_m, 1)} m${card.width_is_assumed ? ` (${words.assumed})` : ""}`;
  const speeds = card.speed_limits_kmh.map((limit) => formats.number(limit)).join(" / ");
  const rows: [string, string | null][] = [
    [words.elementId, card.element_id],
    [words.measure, `${formats.number(card.start_measure, 4)}–${formats.number(card.end_measure, 4)}`],
    [words.sectionId, card.section_id],
    [words.networkType, words.networkTypes[card.network_type]],
    [words.roadWidth, width],
    [words.speed, speeds ? `${speeds} km/h` : null],
    [words.surface, card.surface],
    [words.keeper, card.road_keeper],
    [words.coverage, seenShares(card, formats)],
    [words.lastLook, card.last_look_s === null ? null : formats.date(card.last_look_s)],
    [words.frames, formats.number(card.frames)],
    [words.confidence, card.index === null ? null : formats.percent(card.confidence)],
    [capital(words.methods.deduct), card.deduct_index === null ? null : formats.number(card.deduct_index)],
    [
      capital(words.methods.handbook),
      card.handbook_index === null
        ? null
        : `${formats.number(card.handbook_index)} (${words.handbookGrade(formats.number(card.handbook_grade.number))})`,
    ],
  ];
  const known = rows.filter((row): row is [string, string] => row[1] !== null && row[1] !== "");
  return block(
    words.facts,
    el(
      "dl",
      { class: "facts" },
      ...known.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { text: value })]),
    ),
  );
}

/** The grade in every period, where there is more than one. */
export function pastGrades(card: SectionCard, colours: Palette, formats: Formats): HTMLElement | null {
  if (card.history.length < 2) return null;
  const rows = [...card.history].reverse().map((past) =>
    el(
      "li",
      {},
      el("span", { text: past.period }),
      gradeBadge(past.grade.number, colours),
      el("span", { text: formats.words.grades[past.grade.number] }),
      el("strong", { text: past.index === null ? "–" : formats.number(past.index) }),
    ),
  );
  return block(
    formats.words.chartIndex,
    historyChart(card.history, formats),
    el("ul", { class: "past" }, ...rows),
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function block(title: string, ...children: (HTMLElement | null)[]): HTMLElement {
  return el("section", { class: "block" }, el("h3", { text: title }), ...children);
}
