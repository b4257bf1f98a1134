import type { Outline, Picture } from "../api/types";
import type { Formats } from "../i18n/i18n";
import type { Words } from "../i18n/words";
import { el, svg } from "../shell/dom";

/** A blurred picture with its findings outlined: an SVG in the picture's own pixels. */
export function pictureFigure(options: {
  picture: Picture;
  street: string;
  finding: string | null;
  /** Whether the picture fills the window: its tags need less of it. */
  large: boolean;
  formats: Formats;
}): HTMLElement {
  const { picture, street, finding, large, formats } = options;
  const { words } = formats;
  const frame = el("div", {
    class: "frame",
    vars: { "--ratio": `${picture.width_px} / ${picture.height_px}` },
  });
  const image = el("img", {
    attributes: {
      src: picture.url,
      alt: words.pictureAlt(street, formats.time(picture.time_s), summaryOf(picture, formats)),
      width: picture.width_px,
      height: picture.height_px,
      decoding: "async",
    },
    on: {
      error: () => frame.replaceChildren(el("p", { class: "frame-gone", text: words.pictureGone })),
    },
  });
  frame.append(image, overlay(picture, finding, large, formats));
  return frame;
}

/** What it was found to be, or what the model says of its pixels where nothing came of it. */
function named(outline: Outline, words: Words): string {
  return outline.kind === null ? words.classes[outline.pixel_class] : words.kinds[outline.kind];
}

function summaryOf(picture: Picture, formats: Formats): string {
  const { words } = formats;
  if (picture.outlines.length === 0) return words.noFindingsInPicture;
  return picture.outlines
    .map((own) => `${named(own, words)} (${formats.percent(own.confidence)})`)
    .join(", ");
}

function overlay(
  picture: Picture,
  finding: string | null,
  large: boolean,
  formats: Formats,
): SVGElement {
  const { width_px: width, height_px: height } = picture;
  const drawing = svg("svg", {
    class: "outlines",
    viewBox: `0 0 ${width} ${height}`,
    "aria-hidden": "true",
  });
  for (const outline of picture.outlines) drawing.append(outlined(outline, finding));
  for (const outline of picture.outlines) {
    drawing.append(tag(outline, picture, picture.width_px / (large ? 84 : 42), formats));
  }
  return drawing;
}

function outlined(outline: Outline, finding: string | null): SVGElement {
  const points = outline.points.map(([x, y]) => `${x},${y}`).join(" ");
  const chosen = finding !== null && outline.finding_id === finding;
  return svg(
    "g",
    {
      class: "outline",
      "data-class": outline.pixel_class,
      "data-own": String(outline.in_section),
      "data-chosen": String(chosen),
    },
    svg("polygon", { class: "outline-rim", points }),
    svg("polygon", { class: "outline-line", points }),
  );
}

function tag(outline: Outline, picture: Picture, size: number, formats: Formats): SVGElement {
  const text = named(outline, formats.words);
  const width = text.length * size * 0.6 + size * 0.8;
  const xs = outline.points.map(([x]) => x);
  const top = Math.min(...outline.points.map(([, y]) => y));
  const middle = (Math.min(...xs) + Math.max(...xs)) / 2;
  const x = Math.min(Math.max(middle - width / 2, 2), picture.width_px - width - 2);
  const y = Math.max(top - size * 1.9, 2);
  return svg(
    "g",
    { class: "outline-tag", "data-class": outline.pixel_class, "data-own": String(outline.in_section) },
    svg("rect", { x, y, width, height: size * 1.5, rx: size * 0.3 }),
    svg(
      "text",
      { x: x + width / 2, y: y + size * 1.1, "font-size": size, "text-anchor": "middle" },
      text,
    ),
  );
}
