// The samples list: a row cursor, ticks by range, and keys that act on the ticked rows.
import { act, onAct } from "./keys.js";

export function startList() {
  const form = document.querySelector("form[data-list]");
  if (!form) return;
  const rows = () => [...form.querySelectorAll("tbody tr[data-row]")];
  const boxes = () => [...form.querySelectorAll("input[name=ids]")];
  const all = form.querySelector("[data-tick-all]");
  const count = form.querySelector("[data-ticked]");
  let current = null;
  let last = null;

  function show() {
    const ticked = boxes().filter((box) => box.checked).length;
    if (count) count.textContent = ticked ? `${ticked.toLocaleString("en")} selected` : "None selected";
    form.classList.toggle("some", ticked > 0);
    if (all) {
      all.checked = ticked > 0 && ticked === boxes().length;
      all.indeterminate = ticked > 0 && !all.checked;
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
  onAct("close", () => { for (const box of boxes()) box.checked = false; show(); });
  for (const decision of ["approve", "reject", "needs_work"]) {
    onAct(decision, () => {
      const box = current?.querySelector("input[name=ids]");
      if (box && !boxes().some((one) => one.checked)) box.checked = true;
      show();
      if (!boxes().some((one) => one.checked)) return true;
      form.querySelector(`[data-act="${decision}"]`).click();
      return true;
    });
  }

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
