// Which ink a dart has: on the board by its cell, on the map by the ratio of its cell.
import { HIDDEN, LARGE, RING, SMALL } from "./renderers.js";

const HIDDEN_FLAG = 8;
const PLAIN = 0;
const RED = 1; // 2 is what is selected
const STATES = { on_target: 0, over_dense: 1, high: 3, sparse: 4, gap: 5, unknown: 0 };
const OUTSIDER = 6;
const TARGET = 7;
const HUES = 8; // the inks from here are categories, the last of them "other"
const OTHER = 14;

/** Fill a layer's inks, before anything is hidden or selected. */
export function inksOf(stage, name, { darts, ink }) {
  if (name === "target") {
    ink.fill(TARGET);
    return;
  }
  const byCell = cellInks(stage, darts.header.cells);
  const byCategory = Boolean(stage.dataset.color || stage.dataset.compare);
  const names = darts.header.categories.length;
  const hidden = "frozen" in stage.dataset ? 0 : HIDDEN_FLAG; // a version's mask says itself what it held
  for (let at = 0; at < darts.n; at++) {
    const mine = darts.flags[at] & hidden ? HIDDEN : byCell[darts.cell[at]] ?? OUTSIDER;
    ink[at] = byCategory && mine !== HIDDEN ? (darts.cat[at] < names ? HUES + darts.cat[at] : OTHER) : mine;
  }
}

/** The ink of each cell by its number; a cell that is not drawn, outside a spread slice, hides its darts. */
function cellInks(stage, ids) {
  if (stage.dataset.states) return stage.dataset.states.split(" ").map((state) => STATES[state] ?? PLAIN);
  const states = new Map([...stage.querySelectorAll("a[data-cell][data-state]")].map((link) => [link.dataset.cell, link.dataset.state]));
  return ids.map((id) => (states.has(id) ? (states.get(id) === "over_dense" ? RED : PLAIN) : HIDDEN));
}

/** The colours and the shapes of the inks, from the theme: [red, green, blue, shape] each. */
export function paletteOf(stage) {
  const style = getComputedStyle(stage);
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const read = (token) => {
    pen.fillStyle = style.getPropertyValue(token).trim() || "#888";
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const dart = read("--dart");
  const onMap = Boolean(stage.dataset.states);
  const inks = [onMap ? read("--map-plain") : dart, read(onMap ? "--over2" : "--dartred"), ...["--accent", "--map-high", "--map-sparse", "--gap"].map(read)];
  inks.push([...dart, RING], read("--line2"));
  if (stage.dataset.compare) inks.push([...dart, SMALL], [...read("--hue1"), LARGE], [...read("--hue2"), RING]);
  else inks.push(...[1, 2, 3, 4, 5, 6, 0].map((hue) => read(`--hue${hue}`)));
  return inks;
}
