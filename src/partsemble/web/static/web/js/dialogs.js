// Opens and closes dialogs where the browser does not know `command` yet, and asks before
// destructive forms: <form data-confirm="dialog-id"> opens that dialog (<c-confirm>) first.
const knowsCommands = "command" in HTMLButtonElement.prototype;

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[commandfor]");
  if (button && !knowsCommands) {
    const dialog = document.getElementById(button.getAttribute("commandfor"));
    if (button.getAttribute("command") === "show-modal") dialog?.showModal();
    if (button.getAttribute("command") === "close") dialog?.close();
  }
  if (event.target instanceof HTMLDialogElement && event.target.getAttribute("closedby") === "any") {
    const box = event.target.getBoundingClientRect();
    const isOutside =
      event.clientX < box.left || event.clientX > box.right ||
      event.clientY < box.top || event.clientY > box.bottom;
    if (isOutside) event.target.close();
  }
});

const confirmed = new WeakSet();

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.dataset.confirm || confirmed.has(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    const dialog = document.getElementById(form.dataset.confirm);
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "confirm") return;
      confirmed.add(form);
      form.requestSubmit(submitter);
      confirmed.delete(form);
    }, { once: true });
    dialog.showModal();
  },
  true,
);
