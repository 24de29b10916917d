// The cell cursor of the board: click, arrows, R and G; what is chosen goes into the address.
import { act, onAct } from "./keys.js";

const PAUSE = 140; // ms without another arrow key before the side panel is asked for

export function startBoard() {
  const form = document.getElementById("choose-cell");
  if (!form) return;
  const input = form.elements.cell;
  const stage = document.getElementById("stage");
  const cells = stage ? [...stage.querySelectorAll("a[data-cell]")].map(place) : [];
  const byId = new Map(cells.map((cell) => [cell.id, cell]));
  const selection = stage?.querySelector(".selection");
  let chosen = input.value;
  let timer = 0;
  let later = ""; // an act on the chosen cell, which the panel does not show yet

  function mark(id) {
    for (const link of document.querySelectorAll("a[data-cell][aria-current], tr[aria-current]")) link.removeAttribute("aria-current");
    for (const link of document.querySelectorAll("a[data-cell]")) {
      if (id && link.dataset.cell === id) (link.closest("tr") ?? link).setAttribute("aria-current", "true");
    }
    if (!stage) return;
    const cell = byId.get(id);
    for (const one of cells) one.link.setAttribute("tabindex", one === (cell ?? cells[0]) ? "0" : "-1");
    if (cell) {
      const outline = cell.link.querySelector("path").getAttribute("d");
      for (const path of selection.querySelectorAll("path")) path.setAttribute("d", outline);
    }
    selection?.toggleAttribute("hidden", !cell); // a map has none
    for (const label of stage.querySelectorAll("[data-topic-label]")) {
      label.querySelector("text").classList.toggle("chosen", Boolean(cell) && label.dataset.topicLabel === cell.topic);
    }
  }

  function choose(id, { focus = false, wait = 0 } = {}) {
    chosen = id;
    later = "";
    mark(id);
    if (focus) byId.get(id)?.link.focus({ preventScroll: true });
    clearTimeout(timer);
    timer = setTimeout(() => {
      input.value = id;
      input.disabled = !id;
      form.requestSubmit();
    }, wait);
  }

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[data-cell]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    choose(link.dataset.cell);
    document.getElementById("side")?.classList.add("open");
  });

  // Enter on the chosen cell lists its samples; on another one it chooses that.
  stage?.addEventListener("keydown", (event) => {
    const link = event.target.closest("a[data-cell]");
    if (event.key !== "Enter" || !link || link.dataset.cell !== chosen) return;
    if (act("list")) event.preventDefault();
  });

  // The acts on a cell are buttons of the panel, which follows the cursor after a while.
  const isBehind = () => chosen !== (document.getElementById("chosen")?.dataset.shows ?? "");
  for (const name of ["list", "review-cell", "trim", "write", "zoom-in"]) {
    onAct(name, () => {
      if (isBehind()) later = name;
      return isBehind();
    });
  }
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx?.target?.id !== "side" || !later || isBehind()) return;
    const name = later;
    later = "";
    act(name);
  });

  if (cells.length) {
    const step = (towards) => () => {
      const from = byId.get(chosen);
      const next = from ? nearest(cells, from, towards) : cells[0];
      if (next) choose(next.id, { focus: true, wait: PAUSE });
    };
    for (const towards of ["left", "right", "outward", "inward"]) onAct(towards, step(towards));
  }

  // In the order of the lists: the largest effect first.
  const flagged = (kind, by) => () => {
    const ids = (form.closest("[data-keys]").dataset[kind] ?? "").split(" ").filter(Boolean);
    if (!ids.length) return false;
    const at = ids.indexOf(chosen);
    const next = at < 0 ? (by > 0 ? 0 : ids.length - 1) : (at + by + ids.length) % ids.length;
    choose(ids[next], { focus: true });
    return true;
  };
  onAct("next-over", flagged("over", 1));
  onAct("previous-over", flagged("over", -1));
  onAct("next-gap", flagged("gap", 1));
  onAct("previous-gap", flagged("gap", -1));
  onAct("close", () => {
    document.querySelector("details.menu[open]")?.removeAttribute("open");
    document.getElementById("side")?.classList.remove("open");
    if (chosen) choose("");
  });
}

function place(link) {
  const x = Number(link.dataset.x);
  const y = Number(link.dataset.y);
  return { link, id: link.dataset.cell, topic: link.dataset.topic, r: Math.hypot(x, y), a: Math.atan2(x, -y) };
}

/** The cell that lies next in a direction, as the eye sees it. */
function nearest(cells, from, towards) {
  let best = null;
  let least = Infinity;
  for (const cell of cells) {
    if (cell === from) continue;
    let turn = (cell.a - from.a) % (2 * Math.PI);
    if (turn > Math.PI) turn -= 2 * Math.PI;
    if (turn < -Math.PI) turn += 2 * Math.PI;
    const out = cell.r - from.r;
    const along = { left: -turn, right: turn, outward: out / from.r, inward: -out / from.r }[towards];
    const beside = towards === "left" || towards === "right" ? Math.abs(out) / from.r : Math.abs(turn);
    if (along < 0.02) continue;
    const cost = along + 3 * beside;
    if (cost < least) [best, least] = [cell, cost];
  }
  return best;
}
