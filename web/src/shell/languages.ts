/** Let the choice of a language return to what the fragment of the address shows. */
export function keepFragment(): void {
  const form = document.querySelector<HTMLFormElement>(".head-languages");
  // A redirect keeps the fragment of the address that was asked for.
  form?.addEventListener("submit", () => {
    const action = new URL(form.action);
    action.hash = location.hash;
    form.action = action.href;
  });
}
