// The darts of the board or the map: one canvas between two SVG layers, moved and zoomed together.
import { onAct } from "./keys.js";
import { startLasso } from "./lasso.js";
import { inksOf, paletteOf } from "./map.js";
import { isMarked, load, loadMask } from "./payload.js";
import { HIDDEN, makeRenderer } from "./renderers.js";

const SIZE = 1.75; // of one of 14,000 darts, in the drawing's own pixels
const LARGEST = 3.2; // where there are few
const FEW = 3_000;
const MEDIUM = 0.5; // how dark a place is on which as many darts lie as on the average place
const REST = 160; // ms without a movement before everything is drawn again
const FARTHEST = 40; // times the drawing can be enlarged
const CHOSEN = 2; // the ink of what is selected
const OURS = new Set(["view", "cell", "renderer", "color", "zoom", "cmp", "target", "sel", "side"]);

export async function startDarts() {
  const stage = document.getElementById("stage");
  const canvas = document.getElementById("darts");
  if (!stage || !canvas || !stage.dataset.darts) return;
  const asked = new URLSearchParams(location.search);
  if (asked.get("renderer") === "none") return;
  const scene = new Scene(stage, canvas, makeRenderer(canvas, asked.get("renderer") ?? ""));
  startMoving(scene);
  startLasso(scene);
  if (stage.dataset.target) await load(stage.dataset.target, (darts) => scene.show("target", darts)).catch(() => null);
  // Cells and badges alone still answer the question, when the darts cannot be had.
  const darts = await load(stage.dataset.darts, (found) => scene.show("data", found)).catch(() => null);
  if (!darts) return;
  await narrow(scene, asked);
  scene.whole = true;
  scene.redraw();
  scene.stage.dispatchEvent(new CustomEvent("loaded"));
}

/** Hide what the address' query does not find. */
async function narrow(scene, asked) {
  const query = new URLSearchParams([...asked].filter(([name]) => !OURS.has(name)));
  if (!query.size) return;
  const address = new URL(scene.stage.dataset.darts, location.href);
  if (address.searchParams.get("view")) query.set("view", address.searchParams.get("view"));
  scene.mask = await loadMask(`${address.pathname.replace("darts.bin", "mask.bin")}?${query}`);
  scene.colour();
}

/** What is drawn, and where: the payloads, the inks of their darts, the part of it that is seen. */
class Scene {
  constructor(stage, canvas, renderer) {
    [this.stage, this.canvas, this.renderer] = [stage, canvas, renderer];
    this.box = stage.dataset.box.split(" ").map(Number);
    this.rim = Number(stage.dataset.rim);
    this.seen = { x: 0, y: 0, k: 1 }; // the middle of what is seen, in the drawing's pixels; how enlarged
    [this.layers, this.mask, this.chosen, this.waiting, this.inks] = [new Map(), null, null, 0, 0];
    this.whole = false;
    stage.dataset.renderer = renderer.name;
    stage.setAttribute("data-ready", "");
    new ResizeObserver(() => this.redraw()).observe(stage);
    const again = () => { this.palette = null; this.redraw(); };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
    document.addEventListener("theme", again);
  }

  get darts() { return this.layers.get("data")?.darts ?? null; }

  show(name, darts) {
    const known = this.layers.get(name);
    this.layers.set(name, { darts, ink: known?.ink ?? new Uint8Array(darts.total), ...this.spread(known, darts) });
    this.colour();
    if (name === "data") this.tell(darts);
  }

  /** Where darts are drawn: as they lie, or with the angles of one slice spread over the full turn. */
  spread(known, darts) {
    if (!this.stage.dataset.zoom) return { x: darts.x, y: darts.y };
    const [start, end] = this.stage.dataset.zoom.split(" ").map(Number);
    const [x, y] = known ? [known.x, known.y] : [new Uint16Array(darts.total), new Uint16Array(darts.total)];
    const pack = (value) => Math.round(((value + 1) / 2) * 65_535);
    const turn = 2 * Math.PI;
    for (let at = known?.shown ?? 0; at < darts.n; at++) {
      const [across, down] = [(darts.x[at] / 65_535) * 2 - 1, (darts.y[at] / 65_535) * 2 - 1];
      const angle = Math.atan2(across, -down) - start;
      const spun = (((angle % turn) + turn) % turn) / (end - start) * turn;
      const radius = Math.min(1, Math.hypot(across, down));
      [x[at], y[at]] = [pack(radius * Math.sin(spun)), pack(-radius * Math.cos(spun))];
    }
    return { x, y, shown: darts.n };
  }

  tell({ n, total }) {
    const line = document.getElementById("darts-progress");
    if (!line) return;
    line.textContent = `${n.toLocaleString("en")} of ${total.toLocaleString("en")} darts`;
    line.hidden = n >= total;
  }

  /** Give every dart its ink anew: by its cell, what it is hidden by, whether it is selected. */
  colour() {
    for (const [name, layer] of this.layers) {
      inksOf(this.stage, name, layer);
      if (name !== "data") continue;
      const { mask, chosen } = this;
      for (let at = 0; at < layer.darts.n; at++) {
        if (mask && !isMarked(mask, at)) layer.ink[at] = HIDDEN;
        else if (chosen?.[at] && layer.ink[at] !== HIDDEN) layer.ink[at] = CHOSEN;
      }
    }
    this.inks += 1;
    this.redraw();
  }

  /** Where the drawing lies on the canvas: device pixels for each of its own, and its corner. */
  placing() {
    const seat = this.stage.getBoundingClientRect();
    const canvas = this.canvas.getBoundingClientRect();
    const density = Math.min(window.devicePixelRatio || 1, 3);
    const [left, top, width, height] = this.box;
    const [w, h] = [Math.round(canvas.width * density), Math.round(canvas.height * density)];
    const scale = Math.min(w / width, h / height) * this.seen.k;
    const middle = [left + width / 2 + this.seen.x, top + height / 2 + this.seen.y];
    return { w, h, density, scale, x0: w / 2 - middle[0] * scale, y0: h / 2 - middle[1] * scale, seat, canvas };
  }

  /** From a place on the screen to the drawing's pixels. */
  under(event) {
    const { density, scale, x0, y0, canvas } = this.placing();
    return [((event.clientX - canvas.left) * density - x0) / scale, ((event.clientY - canvas.top) * density - y0) / scale];
  }

  redraw({ moving = false } = {}) {
    this.moving = moving;
    if (!this.waiting) this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.draw(); });
  }

  draw() {
    const place = this.placing();
    if (!place.w || !place.h) return;
    const [left, top, width, height] = this.box;
    const { x, y, k } = this.seen;
    const box = `${left + width / 2 + x - width / k / 2} ${top + height / 2 + y - height / k / 2} ${width / k} ${height / k}`;
    if (box !== this.boxed) for (const svg of this.stage.querySelectorAll(":scope > svg")) svg.setAttribute("viewBox", box);
    this.boxed = box;
    this.palette ??= paletteOf(this.stage);
    const unit = (this.rim * place.scale * 2) / 65_535;
    const frame = {
      width: place.w, height: place.h, unit, moving: this.moving, palette: this.palette,
      x0: place.x0 - this.rim * place.scale, y0: place.y0 - this.rim * place.scale,
      layers: ["target", "data"].filter((name) => this.layers.has(name)).map((name) => this.layer(name, place)),
    };
    const drawn = frame.layers.length ? this.renderer.draw(frame) : 0;
    this.stage.dataset.drawn = String(this.darts?.n ?? 0);
    this.stage.toggleAttribute("data-whole", this.whole); // nothing more is on its way
    this.stage.dispatchEvent(new CustomEvent("drawn", { detail: drawn }));
    clearTimeout(this.rest);
    if (this.moving) this.rest = setTimeout(() => this.redraw(), REST);
  }

  layer(name, place) {
    const { darts, ink, x, y } = this.layers.get(name);
    const grown = Math.sqrt(Math.min(this.seen.k, 9));
    const base = Math.min(LARGEST, Math.max(0.7, SIZE * Math.sqrt(14_000 / Math.max(darts.total, 1))));
    const coloured = Boolean(this.stage.dataset.color || this.stage.dataset.compare); // hues need room to be told apart
    const least = darts.total < FEW ? 2 * place.density : 1; // a few darts are seen on a small screen too
    const size = Math.max(least, (base * (coloured ? 1.4 : 1) * place.scale * grown) / this.seen.k);
    const area = Math.PI * (this.rim * place.scale) ** 2;
    const each = (darts.n * Math.max(1, Math.round(size)) ** 2) / area; // darts on the average pixel
    const alpha = name === "target" ? 0.5 : each > 1 ? 1 - (1 - MEDIUM) ** (1 / each) : coloured || this.stage.dataset.states ? 0.85 : 0.55;
    return { n: darts.n, x, y, ink, inks: this.inks, size, alpha };
  }

  /** Enlarge by a factor round a place of the drawing. */
  zoom(factor, [x, y] = [this.box[0] + this.box[2] / 2 + this.seen.x, this.box[1] + this.box[3] / 2 + this.seen.y]) {
    const k = Math.min(FARTHEST, Math.max(1, this.seen.k * factor));
    const middle = [this.box[0] + this.box[2] / 2, this.box[1] + this.box[3] / 2];
    const ratio = this.seen.k / k;
    this.look(x + (middle[0] + this.seen.x - x) * ratio - middle[0], y + (middle[1] + this.seen.y - y) * ratio - middle[1], k);
  }

  look(x, y, k = this.seen.k) {
    const [, , width, height] = this.box;
    const [far, deep] = [(width / 2) * (1 - 1 / k), (height / 2) * (1 - 1 / k)];
    this.seen = { x: Math.min(far, Math.max(-far, x)), y: Math.min(deep, Math.max(-deep, y)), k };
    this.stage.toggleAttribute("data-zoomed", k > 1);
    this.redraw({ moving: true });
  }
}

function startMoving(scene) {
  const { stage } = scene;
  let held = null;
  stage.addEventListener("dragstart", (event) => event.preventDefault()); // a cell is a link
  stage.addEventListener("wheel", (event) => {
    if (matchMedia("(max-width: 719px)").matches && !event.ctrlKey) return; // there it scrolls the page
    event.preventDefault();
    scene.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), scene.under(event));
  }, { passive: false });
  stage.addEventListener("pointerdown", (event) => {
    if (event.button || stage.dataset.tool || scene.seen.k === 1) return;
    held = { x: event.clientX, y: event.clientY, from: { ...scene.seen }, moved: false };
  });
  stage.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.moved && Math.hypot(dx, dy) < 4) return;
    if (!held.moved) stage.setPointerCapture(event.pointerId);
    held.moved = true;
    const { density, scale } = scene.placing();
    scene.look(held.from.x - (dx * density) / scale, held.from.y - (dy * density) / scale);
  });
  const release = () => {
    // The click that ends a drag is no choice of a cell.
    if (held?.moved) stage.addEventListener("click", (event) => { event.preventDefault(); event.stopPropagation(); }, { capture: true, once: true });
    if (held?.moved) setTimeout(() => stage.dispatchEvent(new MouseEvent("click", { cancelable: true })), 0);
    held = null;
  };
  stage.addEventListener("pointerup", release);
  stage.addEventListener("pointercancel", () => { held = null; });
  for (const [name, does] of [["enlarge", () => scene.zoom(1.5)], ["reduce", () => scene.zoom(1 / 1.5)], ["fit", () => scene.look(0, 0, 1)]]) {
    for (const button of document.querySelectorAll(`[data-stage-act="${name}"]`)) button.addEventListener("click", does);
  }
  // On a board + opens a slice; a map has none, there it enlarges. What was enlarged is fitted first.
  if (stage.dataset.states) onAct("zoom-in", () => scene.zoom(1.5));
  onAct("zoom-out", () => {
    if (scene.seen.k === 1) return false;
    scene.look(0, 0, 1);
    return true;
  });
}
