// The samples list: a row cursor, ticks by range, and keys that act on the ticked rows.
import { onAct } from "./keys.js";
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
  onAct("similar", () => { if (current) location.assign(current.dataset.similar); return current !== null; });
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
  onAct("edit", () => current && form.querySelector(".bulk") ? (location.assign(current.dataset.decide.replace(/decision$/, "edit")), true) : false);

  async function decide(row, { name, value }) {
    const id = row.id;
    if (name === "status" || name === "delete") go(1);
    const query = form.dataset.query ? `?${form.dataset.query}` : "";
    const values = { [name]: value, version: row.dataset.version, place: "list" };
    await window.htmx.ajax("POST", row.dataset.decide + query, { target: `#${id}`, swap: "outerHTML", values });
    const fresh = document.getElementById(id);
    if (!fresh?.dataset.said) return;
    if (name === "delete") fresh.remove();
    else if (current === row) { current = fresh; go(0); }
    say(fresh.dataset.said);
    form.querySelector(".bulk [data-said]").textContent = fresh.dataset.said;
    document.getElementById("decided").textContent = fresh.dataset.decided;
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
