// Two ways to draw darts: WebGL2 points, or counts per pixel made by the CPU. Chosen once, by a probe.
// A frame is {width, height, x0, y0, unit, k, moving, palette, layers: [{n, x, y, ink, size, alpha}]}:
// a dart at 16-bit (x, y) lies at device pixel (x0 + x * unit, y0 + y * unit).
export const HIDDEN = 255; // the ink of a dart that is not drawn
export const [SMALL, LARGE, RING] = [1, 2, 3]; // shapes of an ink: the fourth part of its colour
const SCALES = [1, 0.7, 1.5, 2]; // how large a dart of each shape is beside a plain one
const PROBE = 200_000;
const SLOW = 30; // ms for the probe
const SOFTWARE = /swiftshader|llvmpipe|basic render|softpipe|software/i;
const ROUND = 20_000; // up to so many darts are round and smooth on the CPU
const BUSY = 45; // ms a frame may take while the drawing is being moved

export function makeRenderer(canvas, forced) {
  if (forced !== "cpu" && (forced === "gl" || probe())) {
    const gl = openGl(canvas);
    if (gl) return new Points(canvas, gl);
  }
  return new Raster(canvas);
}

function openGl(canvas) {
  return canvas.getContext("webgl2", { alpha: true, antialias: false, premultipliedAlpha: true, failIfMajorPerformanceCaveat: false });
}

/** Whether this machine draws 200,000 points with WebGL2 quickly enough. */
function probe() {
  const canvas = document.createElement("canvas");
  const gl = openGl(canvas);
  if (!gl) return false;
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  if (SOFTWARE.test(String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER)))) return false;
  const x = new Uint16Array(PROBE);
  const y = new Uint16Array(PROBE);
  for (let at = 0; at < PROBE; at++) [x[at], y[at]] = [(at * 40_503) & 65_535, (at * 60_493) & 65_535];
  const points = new Points(canvas, gl);
  const frame = { width: 800, height: 800, x0: 0, y0: 0, unit: 800 / 65_535, palette: [[0, 0, 0]], layers: [{ n: PROBE, x, y, ink: new Uint8Array(PROBE), size: 1, alpha: 0.5 }] };
  points.draw(frame); // the first frame also moves the points to the card
  const pixel = new Uint8Array(4);
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  const start = performance.now();
  points.draw(frame);
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel); // waits until the card is done
  const took = performance.now() - start;
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return took <= SLOW;
}

const VERTEX = `#version 300 es
in float x; in float y; in float ink;
uniform vec4 place; uniform vec2 extent; uniform float size; uniform float alpha; uniform vec4 palette[16];
out vec4 colour; flat out float across; flat out float ring;
void main() {
  if (ink > 15.5) { gl_Position = vec4(2.0, 2.0, 2.0, 1.0); gl_PointSize = 0.0; colour = vec4(0.0); across = 0.0; ring = 0.0; return; }
  vec2 at = place.xy + vec2(x, y) * place.z;
  gl_Position = vec4(at.x / extent.x * 2.0 - 1.0, 1.0 - at.y / extent.y * 2.0, 0.0, 1.0);
  vec4 mine = palette[int(ink + 0.5)];
  across = size * (mine.w > 2.5 ? 2.0 : mine.w > 1.5 ? 1.5 : mine.w > 0.5 ? 0.7 : 1.0);
  ring = mine.w > 2.5 ? 1.0 : 0.0;
  gl_PointSize = max(1.0, across);
  colour = vec4(mine.rgb * alpha, alpha);
}`;
const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 colour; flat in float across; flat in float ring; out vec4 result;
void main() {
  float far = length(gl_PointCoord - 0.5) * across;
  float inside = across < 2.0 ? 1.0 : clamp(across * 0.5 - far + 0.5, 0.0, 1.0);
  if (ring > 0.5 && across >= 4.0) inside *= clamp(far - across * 0.5 + 2.0, 0.0, 1.0);
  if (inside <= 0.0) discard;
  result = colour * inside;
}`;

/** WebGL2: every dart is a point; its place and ink lie in the card's memory. */
class Points {
  name = "gl";

  constructor(canvas, gl) {
    [this.canvas, this.gl, this.stores] = [canvas, gl, new WeakMap()];
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    gl.useProgram(program);
    this.at = (name) => gl.getUniformLocation(program, name);
    this.slots = ["x", "y", "ink"].map((name) => gl.getAttribLocation(program, name));
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  draw(frame) {
    const { gl } = this;
    resize(this.canvas, frame);
    gl.viewport(0, 0, frame.width, frame.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform4f(this.at("place"), frame.x0, frame.y0, frame.unit, 0);
    gl.uniform2f(this.at("extent"), frame.width, frame.height);
    const colours = new Float32Array(64);
    frame.palette.forEach(([red, green, blue, shape = 0], at) => colours.set([red / 255, green / 255, blue / 255, shape], at * 4));
    gl.uniform4fv(this.at("palette"), colours);
    for (const layer of frame.layers) {
      this.bind(layer);
      gl.uniform1f(this.at("size"), Math.max(1, layer.size));
      gl.uniform1f(this.at("alpha"), layer.alpha);
      gl.drawArrays(gl.POINTS, 0, layer.n);
    }
    return frame.layers.reduce((sum, layer) => sum + layer.n, 0);
  }

  bind(layer) {
    const { gl } = this;
    let store = this.stores.get(layer.x);
    if (!store) this.stores.set(layer.x, (store = { buffers: [0, 1, 2].map(() => gl.createBuffer()), loaded: 0, ink: null }));
    [layer.x, layer.y, layer.ink].forEach((values, at) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, store.buffers[at]);
      const stale = at < 2 ? store.loaded !== layer.n : store.ink !== layer.inks || store.loaded !== layer.n;
      if (stale) gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
      gl.enableVertexAttribArray(this.slots[at]);
      gl.vertexAttribPointer(this.slots[at], 1, at < 2 ? gl.UNSIGNED_SHORT : gl.UNSIGNED_BYTE, false, 0, 0);
    });
    [store.loaded, store.ink] = [layer.n, layer.inks];
  }
}

/** The CPU: darts are counted by pixel, and a pixel is the darker the more darts lie on it. */
class Raster {
  name = "cpu";

  constructor(canvas) {
    [this.canvas, this.context] = [canvas, canvas.getContext("2d")];
    this.pace = 0; // ms for a thousand darts
  }

  draw(frame) {
    const all = frame.layers.reduce((sum, layer) => sum + layer.n, 0);
    if (resize(this.canvas, frame)) this.image = null;
    const start = performance.now();
    if (all <= ROUND) {
      this.context.clearRect(0, 0, frame.width, frame.height);
      for (const layer of frame.layers) this.dots(frame, layer);
      return all;
    }
    // Rows are in random order: while the drawing moves, a slow machine shows a fair part of them.
    const share = frame.moving && this.pace ? Math.min(1, BUSY / (this.pace * all / 1000)) : 1;
    this.prepare(frame);
    for (const layer of frame.layers) this.count(frame, layer, Math.ceil(layer.n * share));
    this.tone(frame);
    this.pace = (performance.now() - start) / (all * share / 1000);
    return Math.ceil(all * share);
  }

  dots(frame, layer) {
    const { context } = this;
    context.globalAlpha = layer.alpha;
    frame.palette.forEach(([red, green, blue, shape = 0], ink) => {
      const radius = Math.max(0.5, (layer.size * SCALES[shape]) / 2);
      context.fillStyle = context.strokeStyle = `rgb(${red} ${green} ${blue})`;
      context.lineWidth = Math.max(1, layer.size / 2);
      context.beginPath();
      for (let at = 0; at < layer.n; at++) {
        if (layer.ink[at] !== ink) continue;
        const x = frame.x0 + layer.x[at] * frame.unit;
        const y = frame.y0 + layer.y[at] * frame.unit;
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 6.2832);
      }
      if (shape === RING) context.stroke();
      else context.fill();
    });
  }

  prepare({ width, height }) {
    if (!this.image) {
      this.image = this.context.createImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
      this.counts = new Uint8Array(width * height);
      this.inks = new Uint8Array(width * height);
    }
    this.counts.fill(0);
  }

  count(frame, layer, n) {
    const { counts, inks } = this;
    const { width, height, x0, y0, unit } = frame;
    const { x, y, ink } = layer;
    const sides = frame.palette.map((colour) => Math.max(1, Math.round(layer.size * SCALES[colour[3] ?? 0])));
    const rings = frame.palette.map((colour) => colour[3] === RING);
    const under = frame.layers[0] === layer ? -1 : frame.layers[0].ink[0]; // of the layer below
    for (let at = 0; at < n; at++) {
      const mine = ink[at];
      if (mine === HIDDEN) continue;
      const side = sides[mine];
      const left = x0 + x[at] * unit - (side - 1) / 2;
      const top = y0 + y[at] * unit - (side - 1) / 2;
      if (left < 0 || top < 0 || left >= width - side || top >= height - side) continue;
      let pixel = (top | 0) * width + (left | 0);
      if (side === 1) {
        const seen = inks[pixel] === under ? 0 : counts[pixel];
        if (seen < 255) counts[pixel] = seen + 1;
        inks[pixel] = mine;
        continue;
      }
      for (let row = 0; row < side; row++, pixel += width) {
        const cut = side > 3 && (row === 0 || row === side - 1) ? 1 : 0; // the corners of a larger dot
        const hollow = rings[mine] && side > 3 && row > 0 && row < side - 1; // only the rim of a ring
        for (let step = cut; step < side - cut; step += hollow ? side - 1 : 1) {
          const seen = inks[pixel + step] === under ? 0 : counts[pixel + step];
          if (seen < 255) counts[pixel + step] = seen + 1;
          inks[pixel + step] = mine;
        }
      }
    }
  }

  tone(frame) {
    const { pixels, counts, inks } = this;
    const table = tones(frame);
    for (let pixel = 0; pixel < pixels.length; pixel++) {
      const seen = counts[pixel];
      pixels[pixel] = seen ? table[(inks[pixel] << 8) | seen] : 0;
    }
    this.context.putImageData(this.image, 0, 0);
  }
}

/** For each ink and count the colour of a pixel, as ImageData has it. */
function tones(frame) {
  const table = new Uint32Array(frame.palette.length << 8);
  const last = frame.layers.at(-1);
  frame.palette.forEach(([red, green, blue], ink) => {
    const layer = frame.layers.length > 1 && ink === frame.layers[0].ink[0] ? frame.layers[0] : last;
    for (let seen = 1; seen < 256; seen++) {
      const alpha = Math.round(255 * (1 - (1 - layer.alpha) ** seen));
      table[(ink << 8) | seen] = (alpha << 24) | (blue << 16) | (green << 8) | red;
    }
  });
  return table;
}

function resize(canvas, { width, height }) {
  if (canvas.width === width && canvas.height === height) return false;
  [canvas.width, canvas.height] = [width, height];
  return true;
}
