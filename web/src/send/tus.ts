/** Sends a file piece by piece (tus 1.0), each with its SHA-256, and goes on after a broken line. */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

const UPLOADS = "/api/v1/uploads";
const VERSION = { "Tus-Resumable": "1.0.0" };
const PIECE = 2 ** 22;
const LONGEST_PAUSE_MS = 15_000;
/** What goes by itself: the service is down or busy. */
const PASSING = [408, 423, 429, 500, 502, 503, 504];
/** Of a piece also: the service is farther or less far than is known here, or it came damaged. */
const PASSING_OF_PIECE = [...PASSING, 409, 460];

/** The service refuses what is sent; trying again is of no use. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly told: string,
  ) {
    super(told);
  }
}

export interface Sent {
  name: string;
  size: number;
  sha256: string;
}

export interface Listener {
  onProgress: (file: File, sent: number) => void;
  onLine: (isThere: boolean) => void;
  /** A file is read to tell its hash: of a long video that takes a while. */
  onReading: () => void;
}

/** Send a file of a drive; return what is to be listed of it. */
export async function sendFile(drive: string, file: File, listener: Listener): Promise<Sent> {
  const begin = async (): Promise<Response> =>
    fetch(UPLOADS, {
      method: "POST",
      headers: {
        ...VERSION,
        "Upload-Length": String(file.size),
        "Upload-Metadata": `drive ${base64(drive)},filename ${base64(file.name)}`,
      },
    });
  const begun = await insist(begin, listener);
  const url = begun.headers.get("Location") ?? UPLOADS;
  let offset = offsetIn(begun);
  let failures = 0;
  while (offset < file.size) {
    listener.onProgress(file, offset);
    const bytes = await bytesOf(file, offset, Math.min(offset + PIECE, file.size));
    const answer = await add(url, offset, bytes).catch(() => null);
    if (answer?.ok) {
      failures = 0;
      listener.onLine(true);
      offset = offsetIn(answer);
      continue;
    }
    if (answer !== null && !PASSING_OF_PIECE.includes(answer.status)) throw await refusal(answer);
    // Of what came when the line broke nothing is known here: the service is asked.
    listener.onLine(answer !== null);
    await rest(failures++);
    offset = offsetIn(await insist(() => ask(url), listener));
  }
  listener.onProgress(file, file.size);
  listener.onReading();
  return { name: file.name, size: file.size, sha256: await hashOf(file) };
}

/** Say that all of a drive was sent; return whether the service has checked every file. */
export async function complete(drive: string, files: Sent[], listener: Listener): Promise<boolean> {
  const answer = await insist(
    () =>
      fetch("/api/v1/sent/complete", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ drive, files }),
      }),
    listener,
  );
  const receipt = (await answer.json()) as { checked: boolean };
  return receipt.checked;
}

/** The same files are the same drive, whenever they are chosen. */
export function driveOf(files: File[]): string {
  const told = files.map((file) => `${file.name}|${file.size}|${file.lastModified}`).sort();
  return bytesToHex(sha256(new TextEncoder().encode(JSON.stringify(told)))).slice(0, 32);
}

function add(url: string, offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<Response> {
  const checksum = `sha256 ${btoa(String.fromCharCode(...sha256(bytes)))}`;
  return fetch(url, {
    method: "PATCH",
    headers: {
      ...VERSION,
      "Upload-Offset": String(offset),
      "Upload-Checksum": checksum,
      "Content-Type": "application/offset+octet-stream",
    },
    body: bytes,
  });
}

function ask(url: string): Promise<Response> {
  return fetch(url, { method: "HEAD", headers: VERSION });
}

/** Ask until there is an answer; pauses grow while the line or the service is down. */
async function insist(send: () => Promise<Response>, listener: Listener): Promise<Response> {
  for (let failures = 0; ; failures++) {
    const answer = await send().catch(() => null);
    listener.onLine(answer?.ok ?? false);
    if (answer?.ok) return answer;
    if (answer !== null && !PASSING.includes(answer.status)) throw await refusal(answer);
    await rest(failures);
  }
}

/** Wait a second, twice as long after each failure, or until the line is back. */
async function rest(failures: number): Promise<void> {
  const pause = Math.min(1000 * 2 ** failures, LONGEST_PAUSE_MS);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, pause);
    addEventListener("online", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

async function refusal(answer: Response): Promise<Refused> {
  return new Refused(answer.status, await wordsOf(answer));
}

async function wordsOf(answer: Response): Promise<string> {
  const told = (await answer.json().catch(() => ({}))) as { detail?: string; remedy?: string };
  return [told.detail, told.remedy].filter(Boolean).join(" ");
}

function offsetIn(answer: Response): number {
  return Number(answer.headers.get("Upload-Offset") ?? 0);
}

async function bytesOf(file: File, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.slice(from, to).arrayBuffer());
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** Return the SHA-256 of a file, which need not fit into memory. */
async function hashOf(file: File): Promise<string> {
  const hash = sha256.create();
  for (let from = 0; from < file.size; from += PIECE) {
    hash.update(await bytesOf(file, from, Math.min(from + PIECE, file.size)));
  }
  return bytesToHex(hash.digest());
}
