/** A slider and a number field that say the same: `data-same` names the other one. */
export function joinSliders(root: ParentNode = document): void {
  for (const input of root.querySelectorAll<HTMLInputElement>("input[data-same]")) {
    const other = document.getElementById(input.dataset["same"] ?? "");
    if (!(other instanceof HTMLInputElement)) continue;
    input.addEventListener("input", () => {
      other.value = input.value;
    });
  }
}
