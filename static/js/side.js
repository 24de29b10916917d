// What every page has: the theme, the drawer, messages, sorted tables, waiting for a job.
import { storage } from "./keys.js";

const PATIENCE = 5_000;
const THEMES = ["system", "light", "dark"];

export function startPage() {
  startTheme();
  startDrawer();
  startMenus();
  startTables();
  startMessages();
}

function startTheme() {
  const button = document.querySelector("[data-theme-toggle]");
  const name = button?.querySelector("[data-theme-name]");
  const show = (theme) => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    if (name) name.textContent = theme[0].toUpperCase() + theme.slice(1);
  };
  let theme = storage.get("theme") ?? "system";
  if (!THEMES.includes(theme)) theme = "system";
  show(theme);
  button?.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    storage.set("theme", theme);
    show(theme);
    document.dispatchEvent(new Event("theme"));
  });
}

function startDrawer() {
  const side = document.getElementById("side");
  document.querySelector("[data-side-open]")?.addEventListener("click", () => {
    side.classList.add("open");
    side.querySelector("[data-side-close]").focus();
  });
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("[data-side-close]")) {
      side.classList.remove("open");
      document.querySelector("[data-side-open]")?.focus();
    }
    const target = event.target.closest("[data-open-target]") && document.getElementById("target");
    if (target) {
      event.preventDefault();
      side?.classList.remove("open");
      target.open = true;
      target.querySelector("summary").focus();
    }
  });
}

function startMenus() {
  // A button that presses the hidden control of an act.
  document.addEventListener("click", (event) => {
    const name = event.target instanceof Element && event.target.closest("[data-press]")?.dataset.press;
    if (name) document.querySelector(`[data-act="${name}"]`)?.click();
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
    event.preventDefault();
  }, true);
}

function startTables() {
  for (const table of document.querySelectorAll("table[data-sortable]")) {
    for (const head of table.querySelectorAll("th")) {
      if (!head.textContent.trim() || head.querySelector(".said")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(table, head));
    }
  }
}

function sort(table, head) {
  const down = head.getAttribute("aria-sort") !== "descending";
  for (const other of table.querySelectorAll("th")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const value = (row) => row.cells[head.cellIndex].textContent.trim();
  const number = (text) => Number(text.replace(/[^0-9.-]/g, "") || 0);
  const numeric = head.classList.contains("num");
  const rows = [...table.tBodies[0].rows].sort((a, b) => (numeric ? number(value(b)) - number(value(a)) : value(b).localeCompare(value(a))) * (down ? 1 : -1));
  table.tBodies[0].append(...rows);
}

/** A message that stays until it is closed. */
export function toast(text, { bad = false } = {}) {
  const box = document.createElement("div");
  box.className = bad ? "toast bad" : "toast";
  box.setAttribute("role", bad ? "alert" : "status");
  const words = document.createElement("div");
  words.textContent = text;
  const close = document.createElement("button");
  close.textContent = "×";
  close.setAttribute("aria-label", "Close");
  box.append(words, close);
  document.getElementById("toasts").append(box);
}

/** Say something to a screen reader. */
export function say(text) {
  const live = document.getElementById("live");
  if (live.textContent !== text) live.textContent = text;
}

/** A form that leads to another page is not sent again while that page is on its way. */
function sendOnce(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.leads) event.preventDefault();
  form.dataset.leads = "yes";
  setTimeout(() => delete form.dataset.leads, PATIENCE); // that page may never come
}

function startMessages() {
  // An undo leads back to what is shown now, which need not be what was shown first.
  document.addEventListener("submit", (event) => {
    const next = event.target.querySelector("input[name=next]");
    if (next) next.value = location.pathname + location.search;
  });
  document.addEventListener("submit", sendOnce);
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element) event.target.closest(".toast > button")?.parentElement.remove();
  });
  // An error is told as a message; what is on the page stays as it was.
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.sourceElement?.id === "ahead" && ctx.response?.status >= 400) ctx.hx.reswap = "none";
    else if (ctx.response?.status >= 400) if (!ctx.hx.retarget) Object.assign(ctx.hx, { retarget: "#toasts", reswap: "beforeend" });
  });
  document.addEventListener("htmx:error", (event) => event.detail.ctx?.sourceElement?.id === "ahead" || toast("The server cannot be reached. What you did last was not saved.", { bad: true }));
  document.addEventListener("htmx:before:request", (event) => event.detail.ctx?.sourceElement?.id === "ahead" || document.body.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:finally:request", () => document.body.removeAttribute("aria-busy"));
  document.addEventListener("htmx:after:swap", (event) => {
    const old = event.detail.ctx?.target;
    if (old?.id === "ahead") return; // it is not shown yet
    const fresh = (old?.id && document.getElementById(old.id)) || document;
    const told = fresh.matches?.("[data-announce]") ? fresh : fresh.querySelector("[data-announce]");
    if (told?.dataset.announce) say(told.dataset.announce);
    const here = document.querySelector("[data-here]")?.dataset.here;
    if (here && here !== location.pathname + location.search) history.replaceState({ htmx: true }, "", here);
    if (document.querySelector("[data-reload-when-done] [data-finished]")) location.reload();
  });
}
