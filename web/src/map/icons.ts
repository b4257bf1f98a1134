/** Marks of findings, told apart by shape: a zigzag for a crack, a full disc for a pothole. */

import type { Kind } from "../api/types";

const SIZE = 24;
const RATIO = 3;

export function findingIcon(kind: Kind): { image: ImageData; ratio: number } {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE * RATIO;
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("this browser cannot draw");
  pen.scale(RATIO, RATIO);
  pen.lineJoin = pen.lineCap = "round";
  plate(pen, kind);
  pen.strokeStyle = pen.fillStyle = "#1d2b31";
  if (kind === "crack") zigzag(pen);
  else disc(pen);
  return { image: pen.getImageData(0, 0, canvas.width, canvas.height), ratio: RATIO };
}

function plate(pen: CanvasRenderingContext2D, kind: Kind): void {
  pen.beginPath();
  if (kind === "crack") pen.roundRect(2, 2, SIZE - 4, SIZE - 4, 5);
  else pen.arc(SIZE / 2, SIZE / 2, SIZE / 2 - 2, 0, 2 * Math.PI);
  pen.fillStyle = "#ffffff";
  pen.fill();
  pen.lineWidth = 1.5;
  pen.strokeStyle = "#1d2b31";
  pen.stroke();
}

function zigzag(pen: CanvasRenderingContext2D): void {
  pen.lineWidth = 2.2;
  pen.beginPath();
  pen.moveTo(14, 5.5);
  pen.lineTo(9.500, 10.500);
  pen.lineTo(14, 13.500);
  pen.lineTo(10, 18.500);
  pen.stroke();
}

function disc(pen: CanvasRenderingContext2D): void {
  pen.beginPath();
  pen.ellipse(SIZE / 2, SIZE / 2 + 0.5, 5.5, 4.2, 0, 0, 2 * Math.PI);
  pen.fill();
}
