// What the console does beside plain pages: nothing here is needed, all of it is handy.

const FOLLOW_MILLISECONDS = 2_000;

// "/" goes to the search field, as in many lists.
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, select, textarea, pre");
  const search = document.querySelector("input[type=search]");
  if (event.key !== "/" || isTyping || !search || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// Of the fields of a fault, only those show that its kind knows.
const kind = document.querySelector("select#kind");
const showFields = () => {
  for (const extra of document.querySelectorAll("[data-for]")) {
    extra.hidden = !extra.dataset.for.split(" ").includes(kind.value);
  }
};
if (kind) {
  kind.addEventListener("change", showFields);
  showFields();
}

// "Follow" reads the page again and again, and shows what is new in its live part.
const follow = document.querySelector("[data-follow]");
const refresh = async () => {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-live]");
  const shown = document.querySelector("[data-live]");
  if (fresh.innerHTML !== shown.innerHTML) shown.replaceWith(fresh);
};
if (follow) {
  let timer;
  follow.hidden = false;
  follow.addEventListener("click", () => {
    const isOn = follow.getAttribute("aria-pressed") !== "true";
    follow.setAttribute("aria-pressed", String(isOn));
    clearInterval(timer);
    if (isOn) timer = setInterval(() => refresh().catch(() => {}), FOLLOW_MILLISECONDS);
  });
}
