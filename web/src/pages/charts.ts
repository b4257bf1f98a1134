/** Charts of what a table beside them says: `data-chart` with the table's id. */

import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartDataset,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from "chart.js";

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
);

const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [4, 4], [14, 4], [1, 2]];
const POINTS = ["circle", "rect", "triangle", "rectRot", "crossRot", "star", "dash"] as const;
const INKS = ["#0f5567", "#b3261e", "#6b5b00", "#5b3b8c", "#1d7a3f", "#8a4b08", "#38474e"];

function texts(cells: Iterable<Element>): string[] {
  return [...cells].map((cell) => cell.textContent?.trim() ?? "");
}

/** One chart: rows are categories, columns are series; in a line chart it is the other way. */
function draw(frame: HTMLElement): void {
  const canvas = frame.querySelector("canvas");
  const table = document.getElementById(frame.dataset["table"] ?? "");
  if (!canvas || !table || Chart.getChart(canvas)) return;
  const heads = [...table.querySelectorAll("thead th")].slice(1);
  const rows = [...table.querySelectorAll("tbody tr")];
  const values = rows.map((row) =>
    [...row.querySelectorAll<HTMLElement>("[data-value]")].map((cell) => Number(cell.dataset["value"])),
  );
  const names = texts(rows.map((row) => row.querySelector("th") ?? row));
  const locale = document.documentElement.lang;
  const common = { animation: false, responsive: true, maintainAspectRatio: false, locale } as const;
  if (frame.dataset["chart"] === "stacked") {
    const datasets: ChartDataset<"bar">[] = heads.map((head, column) => ({
      label: head.textContent?.trim() ?? "",
      data: values.map((row) => row[column] ?? 0),
      backgroundColor: (head as HTMLElement).dataset["colour"] ?? "#888",
      borderColor: "#38474e",
      borderWidth: 1,
    }));
    new Chart(canvas, {
      type: "bar",
      data: { labels: names, datasets },
      options: {
        ...common,
        indexAxis: "y",
        scales: { x: { stacked: true }, y: { stacked: true } },
        plugins: { legend: { position: "bottom" } },
      },
    });
    return;
  }
  const datasets: ChartDataset<"line">[] = values.map((row, place) => ({
    label: names[place] ?? "",
    data: row,
    borderColor: INKS[place % INKS.length] ?? "#000",
    backgroundColor: INKS[place % INKS.length] ?? "#000",
    borderDash: DASHES[place % DASHES.length] ?? [],
    pointStyle: POINTS[place % POINTS.length] ?? "circle",
    borderWidth: 2,
  }));
  new Chart(canvas, {
    type: "line",
    data: { labels: texts(heads), datasets },
    options: {
      ...common,
      plugins: { legend: { position: "bottom", labels: { usePointStyle: true } } },
    },
  });
}

export function drawCharts(root: ParentNode = document): void {
  for (const frame of root.querySelectorAll<HTMLElement>("[data-chart]")) draw(frame);
}
