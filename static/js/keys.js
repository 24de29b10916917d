// The keyboard. The table comes from the server (app/web/keys.py).
const FIELD = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]";
const OWNER = "button, a[href], summary, input, [role=button]";

export const storage = {
  get(name) { try { return localStorage.getItem(name); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(name, value); } catch { /* storage is off */ } },
  remove(name) { try { localStorage.removeItem(name); } catch { /* storage is off */ } },
  names(start) { try { return Object.keys(localStorage).filter((name) => name.startsWith(start)); } catch { return []; } },
};

const listeners = new Map();
/** Do something on an act that has no control on the page; return false to let the key pass. */
export function onAct(act, does) {
  listeners.set(act, does);
}

function shown(element) {
  return element.checkVisibility ? element.checkVisibility() || element.closest("form[hidden]") : true;
}

export function act(name) {
  const own = listeners.get(name);
  if (own && own() !== false) return true;
  const control = [...document.querySelectorAll(`[data-act="${name}"]`)].find((one) => !one.disabled && shown(one));
  if (!control) return false;
  if (control.matches("input, textarea")) {
    control.focus();
    control.select();
  } else {
    control.click();
  }
  return true;
}

/** The event as the table writes keys: "A", "Shift+Z", "Mod+K", "ArrowUp", "?". */
function nameOf(event, acts) {
  const letter = event.key.length === 1;
  let key = letter ? event.key.toUpperCase() : event.key;
  // Shift is part of a sign already ("?" is typed with it), but not of a letter or an arrow.
  if (event.shiftKey && (!letter || /[A-Z]/.test(key))) key = `Shift+${key}`;
  // A digit is meant as it lies on the keyboard, unless the sign that it types has a meaning.
  const digit = /^Digit(\d)$/.exec(event.code)?.[1];
  if (digit && !acts.has(key)) key = event.shiftKey ? `Shift+${digit}` : digit;
  if (event.ctrlKey || event.metaKey) key = `Mod+${key}`;
  return event.altKey ? "" : key;
}

function belongsElsewhere(event, key) {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return true;
  if (document.querySelector("dialog[open]")) return true;
  if (key.startsWith("Mod+")) return false;
  const target = event.target instanceof Element ? event.target : document.body;
  if (target.closest(FIELD)) return true;
  return (key === " " || key === "Enter") && target.closest(OWNER) !== null;
}

export function startKeys() {
  const table = JSON.parse(document.getElementById("keys-table").textContent);
  const known = new Map(); // a page may become another by a swap: an edit goes on to the next card
  const actsOf = (here) => new Map(table.filter((row) => !row.where || here.split(" ").includes(row.where)).map((row) => [row.key, row.act]));
  const off = document.querySelector("[data-keys-off]");
  const sheet = document.getElementById("keys-sheet");

  off.checked = off.dataset.keysOff === "always" || storage.get("keys-off") === "yes";
  off.addEventListener("change", () => storage.set("keys-off", off.checked ? "yes" : "no"));
  onAct("keys", () => sheet.showModal());
  for (const button of document.querySelectorAll("[data-act=keys]")) button.addEventListener("click", () => sheet.showModal());
  sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });

  const press = (event) => {
    const here = document.querySelector("[data-keys]")?.dataset.keys ?? "";
    if (!known.has(here)) known.set(here, actsOf(here));
    const acts = known.get(here);
    const key = nameOf(event, acts);
    const wanted = acts.get(key);
    if (!wanted || belongsElsewhere(event, key)) return;
    if (off.checked && !key.startsWith("Mod+") && key !== "Escape") return;
    if (event.repeat && !key.startsWith("Arrow") && wanted !== "next" && wanted !== "previous") return;
    if (act(wanted)) event.preventDefault();
  };
  document.addEventListener("keydown", press);
  // After the other modules have told what they listen for.
  queueMicrotask(() => {
    const early = window.earlyKeys ?? [];
    window.earlyKeys = null;
    early.forEach(press);
  });
}
