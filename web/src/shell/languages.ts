/** Let the choice of a language return to what is shown now, and to the fragment of the address. */
export function returnHere(): void {
  const form = document.querySelector<HTMLFormElement>(".head-languages");
  form?.addEventListener("submit", () => {
    // Parts of the page may have been replaced since it came, and the address with them.
    const back = form.querySelector<HTMLInputElement>("input[name=back]");
    if (back) back.value = location.pathname + location.search;
    // A redirect keeps the fragment of the address that was asked for.
    const action = new URL(form.action);
    action.hash = location.hash;
    form.action = action.href;
  });
}
