// Arrow keys, Home and End inside a menu; Escape and clicks outside are the browser's own.
const ITEMS = "a[href], button:not(:disabled)";

const STEPS = {
  ArrowDown: (index, count) => (index + 1) % count,
  ArrowUp: (index, count) => (index - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("[data-menu]");
  const step = STEPS[event.key];
  if (!menu || !step) return;
  const items = [...menu.querySelectorAll(ITEMS)];
  event.preventDefault();
  items[step(items.indexOf(event.target), items.length)]?.focus();
});

document.addEventListener(
  "toggle",
  (event) => {
    if (event.newState === "open" && event.target.matches?.("[data-menu]")) {
      event.target.querySelector(ITEMS)?.focus({ focusVisible: false });
    }
  },
  true,
);
