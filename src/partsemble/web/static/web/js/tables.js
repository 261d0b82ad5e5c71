// Ticking rows: the box in the head ticks them all, and the selection bar says how many are.
function refresh(scope) {
  const boxes = [...scope.querySelectorAll("tbody input[data-select]")];
  const count = boxes.filter((box) => box.checked).length;
  const all = scope.querySelector("[data-select-all]");
  if (all) {
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  }
  const bar = scope.querySelector("[data-selection-bar]");
  if (bar) bar.hidden = count === 0;
  for (const place of scope.querySelectorAll("[data-selection-count]")) place.textContent = count;
}

document.addEventListener("change", (event) => {
  const scope = event.target.closest?.("[data-selection]");
  if (!scope || !event.target.matches("[data-select], [data-select-all]")) return;
  if (event.target.matches("[data-select-all]")) {
    for (const box of scope.querySelectorAll("tbody input[data-select]")) {
      box.checked = event.target.checked;
    }
  }
  refresh(scope);
});

for (const scope of document.querySelectorAll("[data-selection]")) refresh(scope);
