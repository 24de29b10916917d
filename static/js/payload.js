// The darts as they come: "DRT1", u32 header length, JSON header, then the columns
// u16 x[n], u16 y[n], u16 cell[n], u8 flags[n], u8 cat[n]. Rows are in random order, so that the
// first part is a fair sample: large payloads come a quarter at a time, each column by its range.
const WHOLE = 120_000; // darts that come in one piece
const HEAD = 8_192; // bytes in which the header is looked for
const PARTS = 4;
const COLUMNS = [["x", Uint16Array], ["y", Uint16Array], ["cell", Uint16Array], ["flags", Uint8Array], ["cat", Uint8Array]];

/** Load a payload; `arrived(darts)` is called whenever more of its rows are there. */
export async function load(address, arrived) {
  const first = await fetch(address, { headers: { Range: `bytes=0-${HEAD - 1}` } });
  if (!first.ok) return null;
  const buffer = await first.arrayBuffer();
  const view = new DataView(buffer);
  if (buffer.byteLength < 8 || view.getUint32(0, false) !== 0x44525431) return null;
  const length = view.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const darts = { header, total: header.n, n: 0 };
  for (const [name, Kind] of COLUMNS) darts[name] = new Kind(header.n);
  const step = header.n <= WHOLE ? header.n : Math.ceil(header.n / PARTS);
  for (let from = 0; from < header.n; from += step) {
    const to = Math.min(header.n, from + step);
    if (step === header.n) await fillAll(address, darts, 8 + length);
    else await fillPart(address, darts, 8 + length, from, to);
    darts.n = to;
    arrived(darts);
  }
  if (!header.n) arrived(darts);
  return darts;
}

async function fillAll(address, darts, start) {
  const buffer = await (await fetch(address)).arrayBuffer();
  for (const [name, Kind] of COLUMNS) {
    const bytes = darts.total * Kind.BYTES_PER_ELEMENT;
    darts[name].set(new Kind(buffer.slice(start, start + bytes)));
    start += bytes;
  }
}

async function fillPart(address, darts, start, from, to) {
  const waiting = COLUMNS.map(async ([name, Kind]) => {
    const width = Kind.BYTES_PER_ELEMENT;
    const base = start + COLUMNS.slice(0, COLUMNS.findIndex(([other]) => other === name)).reduce((sum, [, Other]) => sum + Other.BYTES_PER_ELEMENT * darts.total, 0);
    const range = `bytes=${base + from * width}-${base + to * width - 1}`;
    const buffer = await (await fetch(address, { headers: { Range: range } })).arrayBuffer();
    darts[name].set(new Kind(buffer), from);
  });
  await Promise.all(waiting);
}

/** Which darts a query finds, a bit each, the lowest first; null when it cannot be told. */
export async function loadMask(address) {
  const answer = await fetch(address).catch(() => null);
  return answer?.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
}

export const isMarked = (bits, at) => (bits[at >> 3] >> (at & 7)) & 1;
