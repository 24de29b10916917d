// The darts: one canvas between the two SVG layers, drawn by the CPU, a chunk a frame.
// Payload "DRT1": u32 header length, JSON header, u16 x[n], u16 y[n], u16 cell[n], u8 flags[n], u8 cat[n].
const CHUNK = 20_000;
const SIZE = 1.75; // of a dart, in the drawing's own pixels

export async function startDarts() {
  const stage = document.getElementById("stage");
  const canvas = document.getElementById("darts");
  if (!stage || !canvas || !stage.dataset.darts) return;
  if (new URLSearchParams(location.search).get("renderer") === "none") return;
  const response = await fetch(stage.dataset.darts).catch(() => null);
  if (!response?.ok) return; // cells and badges alone still answer the question
  const darts = read(await response.arrayBuffer());
  if (!darts) return;
  const states = [...stage.querySelectorAll("a[data-cell]")].map((link) => link.dataset.state);
  const draw = painter(stage, canvas, darts, states);
  draw();
  new ResizeObserver(draw).observe(stage);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  document.addEventListener("theme", draw);
}

function read(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < 8 || view.getUint32(0, false) !== 0x44525431) return null;
  const length = view.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const start = 8 + length;
  const n = header.n ?? Math.floor((buffer.byteLength - start) / 8);
  const column = (Type, at) => new Type(buffer.slice(start + at * n, start + (at + Type.BYTES_PER_ELEMENT) * n));
  return { n, x: column(Uint16Array, 0), y: column(Uint16Array, 2), cell: column(Uint16Array, 4), flags: column(Uint8Array, 6) };
}

function painter(stage, canvas, darts, states) {
  const [left, top, width, height] = stage.dataset.box.split(" ").map(Number);
  const rim = Number(stage.dataset.rim);
  const hot = states.map((state) => state === "over_dense");
  const size = Math.max(0.7, SIZE * Math.min(1.9, (8_000 / Math.max(darts.n, 1)) ** 0.3));
  let turn = 0;

  return function draw() {
    const mine = ++turn;
    const box = stage.getBoundingClientRect();
    if (!box.width || !box.height) return;
    const density = Math.min(window.devicePixelRatio || 1, 3);
    canvas.width = Math.round(box.width * density);
    canvas.height = Math.round(box.height * density);
    const scale = Math.min(canvas.width / width, canvas.height / height);
    const x0 = (canvas.width - width * scale) / 2 - left * scale;
    const y0 = (canvas.height - height * scale) / 2 - top * scale;
    const context = canvas.getContext("2d");
    const colours = getComputedStyle(document.documentElement);
    const inks = [[colours.getPropertyValue("--dart"), 0.5, false], [colours.getPropertyValue("--dartred"), 0.62, true]];
    const radius = Math.max(0.45, (size * scale) / 2);
    const dots = darts.n <= 40_000;
    const unit = (rim * scale * 2) / 65_535;
    let from = 0;

    function chunk() {
      if (mine !== turn) return;
      const to = Math.min(darts.n, from + CHUNK);
      for (const [ink, opacity, red] of inks) {
        context.fillStyle = ink;
        context.globalAlpha = opacity;
        context.beginPath();
        for (let at = from; at < to; at++) {
          if (Boolean(hot[darts.cell[at]]) !== red) continue;
          const x = x0 + darts.x[at] * unit - rim * scale;
          const y = y0 + darts.y[at] * unit - rim * scale;
          if (dots) {
            context.moveTo(x + radius, y);
            context.arc(x, y, radius, 0, 6.2832);
          } else {
            context.rect(x - radius, y - radius, radius * 2, radius * 2);
          }
        }
        context.fill();
      }
      from = to;
      stage.dataset.drawn = String(to);
      if (from < darts.n) requestAnimationFrame(chunk);
    }
    requestAnimationFrame(chunk);
  };
}
