// Toasts leave by themselves, except those about errors; both leave when dismissed.
const SHOWN_MILLISECONDS = 7000;
const LEAVING_MILLISECONDS = 240;

const region = document.getElementById("toasts");

function dismiss(toast) {
  toast.classList.add("leaving");
  setTimeout(() => toast.remove(), LEAVING_MILLISECONDS);
}

function show(templateId, supportCode) {
  const content = document.getElementById(templateId).content.cloneNode(true);
  const place = content.querySelector("[data-support-code]");
  if (place) place.textContent = supportCode || "unexpected";
  region.append(content);
}

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const toast of addedNodes) {
      if (toast.dataset?.toast && toast.dataset.toast !== "bad") {
        setTimeout(() => dismiss(toast), SHOWN_MILLISECONDS);
      }
    }
  }
}).observe(region, { childList: true });

document.addEventListener("click", (event) => {
  const toast = event.target.closest?.("[data-dismiss]")?.closest("[data-toast]");
  if (toast) dismiss(toast);
});

document.addEventListener("htmx:sendError", () => show("toast-unreachable"));
document.addEventListener("htmx:responseError", ({ detail }) =>
  show("toast-failed", detail.xhr.getResponseHeader("X-Request-Id")),
);
