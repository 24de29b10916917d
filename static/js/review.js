// The queue: the next card is here already, decisions are sent behind it, and again until they arrive.
import { askFor, isTurning, load, onOutbox, put, stop, unsaved } from "./outbox.js";
import { say } from "./side.js";

const LATER = 2_000;
const main = document.getElementById("main");
let ahead = null; // the next card, off the page
let asking = null; // the place that it is fetched into
let wanted = false; // a decision is made and there is no card to show yet
let stale = false; // the page shows a sample as it was before an earlier decision arrived
let old = false; // the panel of a sample's own page shows what was before the last act
let made = 0; // decisions of this page, and how many of them had arrived when the next card was asked for
let arrived = 0;

export const isStale = () => stale;
const card = () => main.querySelector("[data-card]");
const field = () => document.activeElement?.matches("#main textarea") && document.activeElement;
const time = (moment) => moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

export function startReview() {
  startGuard();
  startFields();
  onOutbox("arrived", onArrived);
  onOutbox("none", goOn);
  onOutbox("change", tell);
  addEventListener("submit", onSubmit, true);
  addEventListener("click", onClick, true);
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx?.target !== main) return;
    stale = old = false;
    stay(); // what waited for the next card was about another one than is shown now
    if (card() || ahead) fetchAhead();
  });
  document.addEventListener("htmx:before:swap", beforePanel);
  main.addEventListener("focusout", (event) => { if (event.target.matches("textarea")) setTimeout(goOn); });
  if (card()) fetchAhead();
}

/** A new place for the next card until it is shown: what still comes for an earlier one finds no page. */
function boxAhead() {
  document.getElementById("ahead")?.parentElement.remove();
  // In a form, or the choice of its tabs would be taken for the shown card's own.
  const box = document.createElement("form");
  const behind = document.createElement("div");
  box.id = "ahead";
  behind.hidden = true;
  behind.append(box);
  document.body.append(behind);
  return box;
}

// ---- the next card -----------------------------------------------------------------------------

async function fetchAhead() {
  const address = card()?.dataset.card;
  const box = (asking = boxAhead());
  ahead = null;
  if (!address) {
    asking = null;
    return;
  }
  const known = arrived;
  try {
    await window.htmx.ajax("GET", address, { target: box, source: box });
  } catch { /* the server is away: asked again when it is back */ }
  if (box !== asking) return;
  asking = null;
  if (!box.querySelector("[data-card]")) {
    const ends = box.firstElementChild !== null; // else nothing came
    box.replaceChildren(); // the end of the queue is shown when all is saved
    if (!ends) askLater();
    else if (wanted && !unsaved().many && !isTurning()) showLast();
    return;
  }
  ahead = document.createDocumentFragment();
  ahead.append(...box.childNodes);
  ahead.known = known;
  box.setAttribute("data-kept", "");
  if (wanted && !field()) showAhead(); // what is typed is about the card that is shown
}

function stay() {
  wanted = false;
  main.removeAttribute("aria-busy");
}

function showAhead(said = "") {
  stay();
  const strip = main.querySelector("[data-recent]");
  const behind = made - ahead.known;
  const tab = main.querySelector("input[name=shown]:checked")?.value;
  main.replaceChildren(ahead);
  main.querySelector("[data-recent]").replaceWith(strip);
  const left = main.querySelector("[data-left]");
  left.textContent = Math.max(0, Number(left.dataset.left) - behind).toLocaleString("en");
  const shown = card();
  if (tab) main.querySelector(`input[name=shown][value=${tab}]`).checked = true;
  history.replaceState({ htmx: true }, "", shown.dataset.here);
  scrollTo(0, 0);
  say(`${said}${shown.dataset.announce}`);
  tell();
  fetchAhead();
}

/** Nothing is ahead: ask for what comes now that everything is saved. */
async function showLast() {
  await load(card().dataset.card);
  askLater();
}

/** The server was away: while somebody waits for a card, it is asked for again. */
function askLater() {
  if (wanted) setTimeout(goOn, LATER);
}

function onClick(event) {
  const link = event.target instanceof Element && event.target.closest("[data-ahead]");
  if (link && ((wanted && asking) || isTurning())) return stop(event); // this card is decided already
  if (!link || !ahead || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  showAhead("Skipped. ");
}

// ---- decisions ---------------------------------------------------------------------------------

function onSubmit(event) {
  const form = event.target;
  if (!form.matches("[data-sends]")) return;
  if (isTurning() || (wanted && !form.matches(".noting"))) return stop(event);
  event.preventDefault();
  event.stopImmediatePropagation();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  if (form.matches(".noting") && !body.get("note").trim()) return;
  if (form.matches(".decide")) main.querySelector(".noting").requestSubmit(); // what was written and not added yet
  body.set("place", "kept");
  const { sample } = main.querySelector("[data-sample]").dataset;
  if (body.has("status") && card()) decide(sample, event.submitter);
  else dress(form, event.submitter);
  old = !card();
  put({ address: form.action, body, sample, where: card() ? "queue" : "sample" });
}

function decide(sample, button) {
  made += 1;
  remember(sample, button);
  if (ahead) showAhead();
  else {
    wanted = true;
    main.setAttribute("aria-busy", "true");
    if (field()) field().blur(); // its reason is told; what is typed from here on is about the next
  }
}

function onArrived({ body, sample, unseen, version }) {
  const edit = main.querySelector(`form[data-edits="${sample}"]`);
  if (edit && version) edit.elements.version.value = version; // one's own act is no conflict
  if (!unseen) arrived += body.has("status") ? 1 : 0;
  else if (main.querySelector(`[data-sample="${sample}"]`) || document.getElementById(`sample-${sample}`)) stale = true;
  else ahead = asking = null; // it may be just that one
}

/** All is saved: what was decided before this page knew of it is shown, or the next card asked for. */
function goOn() {
  if (field() || unsaved().many || isTurning()) return; // asked again when the field is left, or all is saved
  if (stale) load(card()?.dataset.card ?? location.pathname + location.search);
  else if (card() && ahead && wanted) showAhead();
  else if (card() && !ahead && !asking) fetchAhead();
  else if (old) showPanel();
}

/** A sample's own page, as it is after what was done there. */
function showPanel() {
  old = false;
  askFor("GET", location.pathname + location.search, { target: "#panel", select: "#panel", swap: "outerHTML" });
}

function beforePanel(event) {
  if (event.detail.ctx?.select !== "#panel") return;
  old = unsaved().many > 0 || Boolean(field()); // another comes, or something is typed: asked again
  if (old) return event.preventDefault();
  const typed = [...main.querySelectorAll("textarea")].map(({ name, value }) => [name, value]);
  queueMicrotask(() => {
    for (const one of main.querySelectorAll("textarea")) one.value = typed.find(([name]) => name === one.name)?.[1] ?? "";
  });
}

function tell() {
  const line = main.querySelector("[data-saved]");
  const { many, failing, known } = unsaved();
  if (line) line.textContent = many ? (failing ? "Not saved" : "Saving…") : made || known ? `Saved ${time(new Date())}` : line.textContent;
}

// ---- what a card shows at once -----------------------------------------------------------------

const LETTERS = { approved: "A", rejected: "X", needs_work: "N" };

function remember(sample, button) {
  const link = document.createElement("a");
  const letter = document.createElement("b");
  const id = document.createElement("span");
  link.href = card().dataset.here;
  link.className = letter.textContent = LETTERS[button.value] ?? "P";
  link.title = `${button.textContent.trim()}: sample ${sample}`;
  id.className = "mono tiny";
  id.textContent = sample;
  link.append(letter, " ", id);
  const strip = main.querySelector("[data-recent]");
  strip.querySelector("span").after(link);
  [...strip.querySelectorAll("a")].slice(10).forEach((old) => old.remove());
}

function press(button, on) {
  const { exclusive, label } = button.dataset;
  button.setAttribute("aria-pressed", String(on));
  button.name = exclusive === undefined ? (on ? "unmark" : "mark") : on ? "unlabel" : "label";
  button.value = button.name === "unlabel" ? "true" : label;
}

function dress(form, button) {
  if (form.matches(".decide")) form.querySelector("textarea").value = "";
  else if (form.matches(".suggestion")) {
    form.closest(".suggestions").remove();
    const label = main.querySelector(`[data-label="${CSS.escape(button.value)}"]`);
    if (label && button.name !== "declines") set(label, true);
  } else if (button?.dataset.label !== undefined) set(button, button.name === "label" || button.name === "mark");
  else if (button?.name === "flagged") {
    const on = button.value === "true";
    button.value = String(!on);
    button.classList.toggle("on", on);
    button.setAttribute("aria-pressed", String(on));
  } else if (button?.name === "quality") rate(form, Number(button.value));
  else if (form.matches(".noting")) {
    const field = form.querySelector("textarea");
    field.value = "";
    field.blur();
    say("Noted");
  }
}

function set(button, on) {
  if (on && button.dataset.exclusive !== undefined) for (const other of main.querySelectorAll("[data-exclusive]")) press(other, false);
  press(button, on);
  say(`${button.dataset.label} ${on ? "set" : "removed"}`);
}

function rate(form, quality) {
  form.querySelector("[data-quality]").dataset.quality = quality;
  form.querySelectorAll(".star").forEach((star, at) => {
    star.setAttribute("aria-pressed", String(at < quality));
    star.value = at + 1 === quality ? 0 : at + 1;
  });
  form.querySelector("[data-act=worse]").value = Math.max(0, quality - 1);
  form.querySelector("[data-act=better]").value = Math.min(5, quality + 1);
  say(`Quality ${quality || "removed"}`);
}

// ---- fields ------------------------------------------------------------------------------------

/** Ctrl+Enter in a note adds it, in a reason rejects (with Shift: needs work); Escape leaves the field, also of an edit. */
function startFields() {
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLTextAreaElement) || !field.closest(".decide, .noting, .turns") || event.isComposing) return;
    if (event.key === "Escape") field.blur();
    else if (field.closest(".turns") || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    else field.form.requestSubmit(field.form.querySelector(`[data-save], [data-act=${event.shiftKey ? "needs_work" : "reject"}]`));
    event.preventDefault();
  });
}

/** An edit that is not saved is not left without a question. */
function startGuard() {
  let saves = false;
  const changed = () => document.querySelector("form[data-guard][data-changed], form[data-guard] [data-changed], form[data-guard][data-typed]");
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-guard]");
    if (form) form.dataset.typed = "yes";
  });
  document.addEventListener("submit", (event) => { saves = event.target.matches("[data-guard]") && !event.defaultPrevented; });
  // What is typed while the answer is on its way would be lost with the form.
  const lock = (on) => ({ detail: { ctx } }) => {
    if (ctx?.sourceElement?.matches("form[data-guard]")) for (const one of ctx.sourceElement.querySelectorAll("textarea")) one.readOnly = on;
  };
  document.addEventListener("htmx:before:request", lock(true));
  document.addEventListener("htmx:finally:request", lock(false));
  document.addEventListener("htmx:after:swap", () => { saves = false; });
  addEventListener("beforeunload", (event) => { if (!saves && changed()) event.preventDefault(); });
}

