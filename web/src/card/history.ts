/** The index over the periods as a line, with how sure it is; the table beside it says the same. */

import type { PeriodGrade } from "../api/types";
import type { Formats } from "../i18n/i18n";
import { el } from "../shell/dom";

const INK = "#0f5567";
const BAND = "rgb(15 85 103 / 15%)";

/** A chart of what was graded in each period; the library comes when it is needed. */
export function historyChart(history: readonly PeriodGrade[], formats: Formats): HTMLElement {
  const canvas = el("canvas", { attributes: { "aria-hidden": "true" } });
  void draw(canvas, history, formats);
  return el("div", { class: "history-chart" }, canvas);
}

async function draw(
  canvas: HTMLCanvasElement,
  history: readonly PeriodGrade[],
  { words }: Formats,
): Promise<void> {
  const { CategoryScale, Chart, Filler, LinearScale, LineController, LineElement, PointElement } =
    await import("chart.js");
  if (!canvas.isConnected) return;
  Chart.register(CategoryScale, Filler, LinearScale, LineController, LineElement, PointElement);
  const bound = { borderWidth: 0, pointRadius: 0, backgroundColor: BAND };
  new Chart(canvas, {
    type: "line",
    data: {
      labels: history.map((own) => own.period),
      datasets: [
        {
          label: words.index,
          data: history.map((own) => own.index),
          borderColor: INK,
          backgroundColor: INK,
          borderWidth: 2,
          pointRadius: 4,
        },
        { ...bound, label: "2,5 %", data: history.map((own) => own.index_low) },
        { ...bound, label: "97,5 %", data: history.map((own) => own.index_high), fill: "-1" },
      ],
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      scales: { y: { min: 0, max: 100, ticks: { stepSize: 25 } } },
    },
  });
}
