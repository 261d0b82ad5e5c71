// Copies the text of the element that a button names: <button data-copy="id" data-copied="Done">.
// Browsers offer the clipboard on safe addresses only; elsewhere the button goes.
if (!navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = true;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = button.dataset.copied;
  } catch {
    getSelection().selectAllChildren(source); // not allowed here: one key press is left to do
  }
});
