// Selecting by drawing: lasso and box. What is inside is found here at once, and again by the server.
import { act, onAct } from "./keys.js";

const SVG = "http://www.w3.org/2000/svg";
const STEP = 2; // screen pixels between two corners of a lasso
const BINS = 256; // strips of the board by height, each with the edges that cross it
const FAR = 65_535;

export function startLasso(scene) {
  const { stage } = scene;
  if (stage.dataset.zoom) return; // an outline on a spread slice is no outline on the board
  const layer = document.createElementNS(SVG, "svg");
  layer.setAttribute("class", "above lasso");
  layer.setAttribute("aria-hidden", "true");
  layer.setAttribute("viewBox", stage.dataset.box);
  stage.append(layer);
  const state = { scene, layer, strokes: [], points: null, tool: "" };

  for (const tool of ["lasso", "box"]) {
    onAct(tool, () => take(state, state.tool === tool ? "" : tool));
    for (const button of document.querySelectorAll(`[data-stage-act="${tool}"]`)) button.addEventListener("click", () => act(tool));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !(state.tool || state.strokes.length)) return;
    event.stopPropagation();
    if (state.tool) take(state, "");
    else clear(state);
  }, { capture: true });
  stage.addEventListener("pointerdown", (event) => begin(state, event), { capture: true });
  stage.addEventListener("pointermove", (event) => follow(state, event));
  stage.addEventListener("pointerup", (event) => end(state, event));
  stage.addEventListener("click", (event) => {
    if (!state.tool) return; // while something is drawn a click chooses no cell
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
  stage.addEventListener("loaded", () => restore(state));
}

function take(state, tool) {
  state.tool = tool;
  state.points = null;
  if (tool) state.scene.stage.dataset.tool = tool;
  else delete state.scene.stage.dataset.tool;
  for (const button of document.querySelectorAll("[data-stage-act=lasso], [data-stage-act=box]")) {
    button.setAttribute("aria-pressed", String(button.dataset.stageAct === tool));
  }
  if (!tool) outline(state);
  return true;
}

function begin(state, event) {
  if (!state.tool || event.button || !state.scene.darts) return;
  event.preventDefault();
  event.stopPropagation();
  state.scene.stage.setPointerCapture(event.pointerId);
  state.how = event.altKey && event.shiftKey ? "intersect" : event.altKey ? "subtract" : event.shiftKey ? "add" : "";
  state.points = [state.scene.under(event)];
  state.last = [event.clientX, event.clientY];
}

function follow(state, event) {
  if (!state.points) return;
  const at = state.scene.under(event);
  if (state.tool === "box") {
    const [[x, y]] = state.points;
    state.points = [[x, y], [at[0], y], at, [x, at[1]]];
  } else if (Math.hypot(event.clientX - state.last[0], event.clientY - state.last[1]) >= STEP) {
    state.points.push(at);
    state.last = [event.clientX, event.clientY];
  }
  outline(state);
}

function end(state) {
  const { points } = state;
  state.points = null;
  if (!points) return;
  if (points.length < 3) {
    outline(state);
    return;
  }
  const { rim } = state.scene;
  const packed = points.flat().map((value) => Math.min(FAR, Math.max(0, Math.round(((value / rim + 1) / 2) * FAR))));
  if (!state.how) state.strokes = [];
  state.strokes.push({ how: state.how || "add", points: packed });
  mark(state);
  keep(state);
  take(state, "");
}

/** Show what is selected, and how many of it are seen. */
function mark(state) {
  const { scene } = state;
  const started = performance.now();
  scene.chosen = state.strokes.length ? choose(scene.darts, state.strokes) : null;
  scene.stage.dataset.lassoMs = (performance.now() - started).toFixed(1);
  scene.colour();
  outline(state);
  const { darts, chosen } = scene;
  let count = 0;
  if (chosen) for (let at = 0; at < darts.n; at++) if (chosen[at] && scene.layers.get("data").ink[at] !== 255) count += 1;
  chip(state, count);
}

/** The server keeps the outlines; with its name the selection goes into lists, acts and exports. */
async function keep(state) {
  const { stage } = state.scene;
  const { frame, view } = state.scene.darts.header;
  const asked = [...state.strokes];
  const answer = await fetch(stage.dataset.selections, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ frame, view, strokes: asked }),
  }).catch(() => null);
  const isOther = () => asked.length !== state.strokes.length || asked.some((stroke, at) => stroke !== state.strokes[at]);
  if (isOther()) return; // another was drawn meanwhile, or it was cleared
  if (!answer?.ok) {
    chip(state, null);
    return;
  }
  const kept = await answer.json();
  if (isOther()) return;
  remember(kept.id);
  chip(state, kept.samples, kept.href);
}

function remember(id) {
  const address = new URL(location.href);
  if (id) address.searchParams.set("sel", id);
  else address.searchParams.delete("sel");
  address.searchParams.sort();
  history.pushState(history.state, "", address);
}

async function restore(state) {
  const id = new URLSearchParams(location.search).get("sel");
  const { darts, stage } = state.scene;
  if (!id || !darts || state.strokes.length) return;
  const answer = await fetch(`${stage.dataset.selections}/${encodeURIComponent(id)}`).catch(() => null);
  if (!answer?.ok) return;
  const kept = await answer.json();
  if (kept.view !== darts.header.view || state.strokes.length) return; // or something is drawn already
  state.strokes = kept.strokes;
  mark(state);
  const list = document.querySelector("#selection-chip a");
  if (list) list.href = `${stage.dataset.list}?sel=${encodeURIComponent(id)}`;
}

function clear(state) {
  state.strokes = [];
  remember("");
  mark(state);
}

function chip(state, count, href = "") {
  const holder = document.getElementById("selection-chip");
  if (!holder) return;
  holder.replaceChildren();
  holder.hidden = !state.strokes.length;
  if (holder.hidden) return;
  const link = document.createElement("a");
  link.textContent = count === null ? "Not kept. Draw again." : `${count.toLocaleString("en")} selected`;
  if (href) link.href = href;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "×";
  button.setAttribute("aria-label", "Clear the selection");
  button.addEventListener("click", () => clear(state));
  holder.append(link, button);
  const live = document.getElementById("live");
  if (live) live.textContent = link.textContent;
}

function outline(state) {
  const { rim } = state.scene;
  const packed = (points) => {
    const pairs = [];
    for (let at = 0; at < points.length; at += 2) pairs.push(`${((points[at] / FAR) * 2 - 1) * rim} ${((points[at + 1] / FAR) * 2 - 1) * rim}`);
    return `M${pairs.join("L")}Z`;
  };
  const drawn = state.strokes.map((stroke) => [stroke.how, packed(stroke.points)]);
  if (state.points?.length > 1) drawn.push(["drawing", `M${state.points.map((at) => at.join(" ")).join("L")}Z`]);
  state.layer.replaceChildren(...drawn.map(([how, path]) => {
    const element = document.createElementNS(SVG, "path");
    element.setAttribute("class", `stroke ${how}`);
    element.setAttribute("d", path);
    return element;
  }));
}

/** Which darts are chosen after all strokes: 1 or 0 each. */
export function choose(darts, strokes) {
  const chosen = new Uint8Array(darts.total);
  for (const { how, points } of strokes) {
    const tests = stripsOf(points);
    for (let at = 0; at < darts.n; at++) {
      const known = chosen[at];
      if (known ? how === "add" : how !== "add") continue;
      const inside = isInside(tests, darts.x[at], darts.y[at]);
      chosen[at] = how === "subtract" ? (inside ? 0 : 1) : inside ? 1 : 0;
    }
  }
  return chosen;
}

/** The edges of a polygon, by the strips of the board that they cross; all upwards. */
function stripsOf(points) {
  const strips = Array.from({ length: BINS }, () => []);
  let [least, most] = [FAR, 0];
  for (let at = 0; at < points.length; at += 2) {
    const next = (at + 2) % points.length;
    let [x1, y1, x2, y2] = [points[at], points[at + 1], points[next], points[next + 1]];
    [least, most] = [Math.min(least, x1), Math.max(most, x1)];
    if (y1 === y2) continue;
    if (y1 > y2) [x1, y1, x2, y2] = [x2, y2, x1, y1];
    for (let strip = y1 >> 8; strip <= (y2 - 1) >> 8; strip++) strips[strip].push(x1, y1, x2, y2);
  }
  return { strips: strips.map((edges) => Int32Array.from(edges)), least, most };
}

/** The even-odd rule on whole numbers, as app/geometry/polygons.py has it. */
function isInside({ strips, least, most }, x, y) {
  if (x < least || x > most) return false;
  const edges = strips[y >> 8];
  let odd = false;
  for (let at = 0; at < edges.length; at += 4) {
    const y1 = edges[at + 1];
    if (y < y1 || y >= edges[at + 3]) continue;
    const x1 = edges[at];
    if ((edges[at + 2] - x1) * (y - y1) - (x - x1) * (edges[at + 3] - y1) > 0) odd = !odd;
  }
  return odd;
}
