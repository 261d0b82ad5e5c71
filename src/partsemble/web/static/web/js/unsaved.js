// Forms of one page that are saved one by one: <form data-saved-apart="the types">. Whoever changed
// one and sends another is asked first, since the page that comes then shows what was saved.
function isChanged(field) {
  if (field.matches("input[type=checkbox], input[type=radio]")) {
    return field.checked !== field.defaultChecked;
  }
  if (field.matches("select")) {
    return [...field.options].some((option) => option.selected !== option.defaultSelected);
  }
  return field.matches("input, textarea") && field.value !== field.defaultValue;
}

document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.matches("[data-saved-apart]")) return;
    const left = [...document.querySelectorAll("form[data-saved-apart]")].find(
      (form) => form !== event.target && [...form.elements].some(isChanged),
    );
    if (!left) return;
    const { savedApart } = left.dataset;
    if (!confirm(`You changed ${savedApart} too. That is not saved yet and would be lost. Go on?`)) {
      event.preventDefault();
    }
  },
  true,
);
