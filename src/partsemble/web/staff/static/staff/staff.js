// The admin's pages have no main landmark, by which a screen reader skips the menu.
document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("main")?.setAttribute("role", "main");
});
