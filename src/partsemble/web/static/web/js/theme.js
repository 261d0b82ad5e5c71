// Changes the theme at once; the server remembers it in a cookie.
const COOKIE_CHANGED = { redirect: "manual" };

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-theme-choice]");
  const choice = event.submitter?.value;
  if (!form || !choice) return;
  event.preventDefault();
  document.documentElement.dataset.theme = choice;
  for (const button of document.querySelectorAll("[data-theme-choice] button")) {
    button.setAttribute("aria-pressed", String(button.value === choice));
  }
  const body = new FormData(form);
  body.set("theme", choice);
  await fetch(form.action, { method: "POST", body, ...COOKIE_CHANGED });
});
