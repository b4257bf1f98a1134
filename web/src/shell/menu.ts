/** On a narrow screen the places stand behind a button; without scripts they are all there. */
export function foldMenu(root: ParentNode = document): void {
  const button = root.querySelector<HTMLButtonElement>(".head-menu");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true"));
  });
  button.closest(".head")?.addEventListener("keydown", (event) => {
    if ((event as KeyboardEvent).key !== "Escape") return;
    button.setAttribute("aria-expanded", "false");
    button.focus();
  });
}
