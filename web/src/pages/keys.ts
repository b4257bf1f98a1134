/** Keys for what a page offers: an element says its own with `data-key`. */

const ARROWS: Readonly<Record<string, string>> = { ArrowRight: "j", ArrowLeft: "k" };

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input:not([type=hidden]), select, textarea");
}

export function followKeys(root: Document = document): void {
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isWriting(event.target)) {
      return;
    }
    const key = ARROWS[event.key] ?? event.key.toLowerCase();
    if (!/^[a-z0-9]$/.test(key)) return;
    const wanted = root.querySelector<HTMLElement>(`[data-key="${key}"]`);
    if (!wanted) return;
    event.preventDefault();
    if (wanted instanceof HTMLSelectElement) wanted.focus();
    else wanted.click();
  });
}
