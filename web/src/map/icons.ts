/** Marks of findings as the map draws them: a kind's sign on a white plate. */

import type { Kind } from "../api/types";
import { KIND_COLOURS, MARK_SIZE, MARKS } from "./kinds";

const RATIO = 3;

export function findingIcon(kind: Kind): { image: ImageData; ratio: number } {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = MARK_SIZE * RATIO;
  // Read at once: drawn by a graphics card, it would be waited for.
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) throw new Error("this browser cannot draw");
  pen.scale(RATIO, RATIO);
  pen.lineJoin = pen.lineCap = "round";
  pen.beginPath();
  pen.roundRect(2, 2, MARK_SIZE - 4, MARK_SIZE - 4, 5);
  pen.fillStyle = "#ffffff";
  pen.fill();
  pen.lineWidth = 1.5;
  pen.strokeStyle = "#1d2b31";
  pen.stroke();
  const { path, filled } = MARKS[kind];
  const sign = new Path2D(path);
  pen.lineWidth = 2.2;
  pen.strokeStyle = pen.fillStyle = KIND_COLOURS[kind];
  if (filled) pen.fill(sign);
  else pen.stroke(sign);
  return { image: pen.getImageData(0, 0, canvas.width, canvas.height), ratio: RATIO };
}
