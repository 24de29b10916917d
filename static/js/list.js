// The samples list: a row cursor, ticks by range, and keys that act on the ticked rows.
import { onAct } from "./keys.js";
import { isTurning, leave, put, stop } from "./outbox.js";
import { isStale } from "./review.js";
import { say } from "./side.js";

function keepPlace(row) {
  let first = row;
  while (first && !first.dataset.starts) first = first.previousElementSibling;
  const address = new URL(location.href);
  if (first) address.searchParams.set("after", first.dataset.starts);
  address.hash = row.id;
  history.replaceState(history.state, "", address);
  history.scrollRestoration = "manual";
}

export function startList() {
  start(document.querySelector("form[data-list]"));
  // A bulk act brings a new list.
  document.addEventListener("htmx:after:swap", () => start(document.querySelector("form[data-list]")));
}

let started = null;

/** What is asked for and not answered yet counts for the key that comes next. */
function expect(row, name, value) {
  const { dataset } = row;
  if (name === "flagged" && value !== "true") delete dataset.flagged;
  else if (name === "flagged") dataset.flagged = "yes";
  else if (name === "quality") dataset.quality = value;
  else if (name === "mark") dataset.marks += `${value}|`;
  else if (name === "unmark") dataset.marks = dataset.marks.replace(`|${value}|`, "|");
}

function start(form) {
  if (!form || form === started) return;
  started = form;
  const rows = () => [...form.querySelectorAll("tbody tr[data-row]")];
  const boxes = () => [...form.querySelectorAll("input[name=ids]")];
  const all = form.querySelector("[data-tick-all]");
  const count = form.querySelector("[data-ticked]");
  let current = null;
  let last = null;

  function show() {
    const many = boxes().filter((box) => box.checked).length;
    if (count) count.textContent = many ? `${many.toLocaleString("en")} selected` : "None selected";
    form.classList.toggle("some", many > 0);
    if (all) {
      all.checked = many > 0 && many === boxes().length;
      all.indeterminate = many > 0 && !all.checked;
    }
  }

  function go(by) {
    const list = rows();
    const at = list.indexOf(current);
    const next = list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + by))];
    if (!next) return false;
    current?.removeAttribute("aria-current");
    current = next;
    current.setAttribute("aria-current", "true");
    current.querySelector("a[data-open]").focus({ preventScroll: true });
    current.scrollIntoView({ block: "nearest" });
    return true;
  }

  onAct("next", () => go(1));
  onAct("previous", () => go(-1));
  onAct("tick", () => { current?.querySelector("input[name=ids]").click(); return current !== null; });
  onAct("similar", () => { if (current) leave(current.dataset.similar); return current !== null; });
  onAct("close", () => { for (const box of boxes()) box.checked = false; show(); });
  // With ticks a key acts on them, else on the row with the cursor, which then moves on.
  const ticked = () => rows().filter((row) => row.querySelector("input[name=ids]").checked);
  const isMarked = (row, mark) => row.dataset.marks.includes(`|${mark}|`);
  for (const button of form.querySelectorAll(".bulk [data-act]")) {
    onAct(button.dataset.act, () => {
      if (ticked().length) button.click();
      else if (current) decide(current, turned(button, [current]));
      else go(1);
      return true;
    });
    button.addEventListener("click", () => Object.assign(button, turned(button, ticked())));
  }
  /** A flag or a mark that all of these rows have is taken off. */
  function turned(button, about) {
    const { mark } = button.dataset;
    if (mark !== undefined) return { name: about.every((row) => isMarked(row, button.value)) ? "unmark" : "mark", value: button.value };
    if (button.name === "flagged") return { name: "flagged", value: String(!about.every((row) => row.dataset.flagged)) };
    return { name: button.name, value: button.value };
  }
  const quality = form.querySelector("details[data-quality]");
  for (const [act, by] of [["worse", -1], ["better", 1]]) {
    onAct(act, () => {
      if (!quality) return false;
      if (ticked().length) {
        quality.open = true;
        quality.querySelector("[name=quality]").focus();
      } else if (current) decide(current, { name: "quality", value: Math.min(5, Math.max(0, Number(current.dataset.quality) + by)) });
      return true;
    });
  }
  onAct("edit", () => current && form.querySelector(".bulk") ? (leave(current.dataset.decide.replace(/decision$/, "edit")), true) : false);

  function decide(row, { name, value }) {
    if (isTurning()) return stop();
    const { id } = row;
    if (name === "status" || name === "delete") go(1);
    const body = new URLSearchParams({ [name]: value, version: row.dataset.version, place: "list" });
    expect(row, name, value);
    const query = form.dataset.query ? `?${form.dataset.query}` : "";
    put({ address: row.dataset.decide + query, body, sample: id.replace("sample-", ""), where: "list", show: (text) => showRow(id, text, name) });
  }

  /** The row as it is now, with the tick, the cursor and the focus it had. */
  function showRow(id, text, name) {
    const row = document.getElementById(id);
    if (!row || !form.contains(row) || isStale()) return; // all of it is asked for again
    const { checked } = row.querySelector("input[name=ids]");
    const focused = row.contains(document.activeElement);
    window.htmx.swap({ text, target: row, swap: "outerHTML", sourceElement: row });
    const fresh = document.getElementById(id);
    const { said, decided } = fresh.dataset;
    const box = fresh.querySelector("input[name=ids]");
    box.checked = checked;
    if (last && row.contains(last)) last = box;
    if (current === row) {
      current = fresh;
      fresh.setAttribute("aria-current", "true");
    }
    if (focused) fresh.querySelector("a[data-open]").focus({ preventScroll: true });
    if (name === "delete") {
      if (current === fresh) go(-1);
      if (current === fresh) current = null;
      fresh.remove();
    }
    show();
    say(said);
    form.querySelector(".bulk [data-said]").textContent = said;
    document.getElementById("decided").textContent = decided;
  }

  // Back from a sample: its row is where one goes on.
  const kept = location.hash.startsWith("#sample-") ? document.getElementById(location.hash.slice(1)) : null;
  if (kept && form.contains(kept)) {
    current = kept;
    kept.setAttribute("aria-current", "true");
    requestAnimationFrame(() => kept.scrollIntoView({ block: "center" }));
  }

  // Going to a sample leaves the place of its row in the address, so that Back comes to it.
  form.addEventListener("click", (event) => {
    const row = event.target.closest("a[href]")?.closest("tr[data-row]");
    if (row) keepPlace(row);
  });

  form.addEventListener("submit", (event) => {
    if (!boxes().some((one) => one.checked)) event.preventDefault();
  });
  form.addEventListener("focusin", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (!row || row === current) return;
    current?.removeAttribute("aria-current");
    current = row;
    row.setAttribute("aria-current", "true");
  });
  form.addEventListener("click", (event) => {
    const box = event.target.closest("input[name=ids]");
    if (!box) return;
    const list = boxes();
    if (event.shiftKey && last && list.includes(last)) {
      const [from, to] = [list.indexOf(last), list.indexOf(box)].sort((a, b) => a - b);
      for (const one of list.slice(from, to + 1)) one.checked = box.checked;
    }
    last = box;
    show();
  });
  all?.addEventListener("change", () => { for (const box of boxes()) box.checked = all.checked; show(); });
  show();
}
