// Runs before the first paint, so that no page flashes in the wrong theme and no key is lost.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  // Keys that are pressed before keys.js has started are kept for it.
  window.earlyKeys = [];
  document.addEventListener("keydown", (event) => window.earlyKeys?.push(event));
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch { /* storage is off: the system's theme */ }
})();
