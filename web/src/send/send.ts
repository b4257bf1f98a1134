/** The form on which a driver sends a drive. */

import { el } from "../shell/dom";
import { complete, driveOf, Refused, sendFile, type Listener } from "./tus";

const VIDEO = /\.(mp4|mov|mkv|m4v|avi|webm)$/i;
const PHOTO = /\.(jpe?g|jpe|png|webp|tiff?|bmp|heic|heif)$/i;

/** Let the form send what is chosen; on pages without it nothing happens. */
export function sendDrives(): void {
  const form = document.querySelector<HTMLFormElement>("#send");
  const input = document.querySelector<HTMLInputElement>("#send-files");
  if (!form || !input) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(form, [...(input.files ?? [])]);
  });
}

async function send(form: HTMLFormElement, files: File[]): Promise<void> {
  const words = form.dataset;
  const button = form.querySelector("button");
  const part = (id: string): HTMLElement => {
    const found = form.querySelector<HTMLElement>(`#${id}`);
    if (!found) throw new Error(`the page has no #${id}`);
    return found;
  };
  const fault = part("send-fault");
  const status = part("send-status");
  fault.hidden = true;
  if (!isDrive(files)) {
    fault.textContent = words.one ?? "";
    fault.hidden = false;
    return;
  }
  const bars = new Map(files.map((file) => [file, progressOf(file)]));
  part("send-progress").replaceChildren(...[...bars.values()].map((one) => one.row));
  part("send-now").hidden = false;
  if (button) button.disabled = true;
  addEventListener("beforeunload", warn);
  const listener: Listener = {
    onProgress: (file, sent) => bars.get(file)?.show(sent),
    onReading: () => say(status, words.reading ?? ""),
    onLine: (isThere) => say(status, (isThere ? words.sending : words.waiting) ?? ""),
  };
  try {
    say(status, words.reading ?? "");
    const drive = driveOf(files);
    const sent = [];
    for (const file of files) sent.push(await sendFile(drive, file, listener));
    const isChecked = await complete(drive, sent, listener);
    say(status, (isChecked ? words.done : words.unchecked) ?? "");
    form.reset();
  } catch (error) {
    part("send-now").hidden = true;
    fault.textContent = told(error, words);
    fault.hidden = false;
  } finally {
    removeEventListener("beforeunload", warn);
    if (button) button.disabled = false;
    document.body.dispatchEvent(new Event("sent"));
  }
}

function isDrive(files: File[]): boolean {
  const videos = files.filter((file) => VIDEO.test(file.name)).length;
  const photos = files.filter((file) => PHOTO.test(file.name)).length;
  return (videos === 1 && photos === 0 && files.length > 1) || (videos === 0 && photos > 0);
}

function told(error: unknown, words: DOMStringMap): string {
  if (error instanceof Refused && error.status === 401) return words.login ?? "";
  const reason = error instanceof Refused ? error.told : String(error);
  return `${words.failed ?? ""} ${reason}`;
}

function say(status: HTMLElement, text: string): void {
  if (status.textContent !== text) status.textContent = text;
}

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function progressOf(file: File): { row: HTMLElement; show: (sent: number) => void } {
  const bar = el("progress", {
    attributes: { max: file.size, value: 0, "aria-label": file.name },
  });
  const row = el("li", {}, el("span", { text: file.name }), bar);
  return { row, show: (sent) => void (bar.value = sent) };
}
